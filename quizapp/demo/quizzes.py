"""The quizzes on the demo's assembly desk: two that are open, and a draft with a conflict."""

from __future__ import annotations

from datetime import timedelta

from question_bank.assembly import Blueprint, Rule, Section
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.org import service as org
from quizapp.quizzes import rules
from quizapp.quizzes.service import authoring

from . import bank, names

SAFETY, FIRE, HEALTH, SPECIAL = "安全生产", "消防与应急", "职业健康", "特种设备与危化品"
WEEKLY_DAYS = 5


def write(organisation_id: int) -> None:
    """Write the quizzes in the name of the demo's organiser."""
    organiser = bank.as_role(organisation_id, names.ORGANISER, Role.ORGANISER)
    _write(organiser, rules.THEMED, "安全生产月专题", _themed(), is_published=True)
    _write(organiser, rules.WEEKLY, "每周一测：身边的法", _weekly(), is_published=True)
    _write(organiser, rules.EXAM, "新员工入厂考核（草稿）", _conflict(), is_published=False)
    authoring.grant_more_time(organiser, names.EMPLOYEE[1], 1.25)


def _write(
    viewer: Viewer, mode: str, name: str, blueprint: Blueprint, *, is_published: bool
) -> None:
    root = org.find_unit_by_code(viewer.organisation_id, "JC")
    assert root is not None
    public_id = authoring.create_quiz(viewer, authoring.NewQuiz(mode, name, root.public_id))
    authoring.save_rules(viewer, public_id, blueprint, 1)
    if mode == rules.WEEKLY:
        sheet = authoring.get_sheet(viewer, public_id)
        authoring.save_settings(
            viewer,
            public_id,
            authoring.Settings(
                name=name,
                opens_at=None,
                closes_at=(clock.now() + timedelta(days=WEEKLY_DAYS)).replace(
                    minute=0, second=0, microsecond=0
                ),
                limit_seconds=sheet.limit_seconds,
                grace_seconds=sheet.grace_seconds,
                attempts_allowed=sheet.attempts_allowed,
                cut_score=sheet.cut_score,
                tells=sheet.tells,
            ),
        )
    if is_published:
        authoring.publish(viewer, public_id)


def _rule(count: int, topic: str, *kinds: str, **quotas: int) -> Rule:
    return Rule(count, frozenset({topic}), frozenset(kinds), tuple(quotas.items()))


def _themed() -> Blueprint:
    found = (
        _rule(4, SAFETY, "single", easy=1, medium=2),
        _rule(3, FIRE, "single", medium=2),
        _rule(2, HEALTH, "true_false"),
        _rule(1, SPECIAL),
    )
    return Blueprint((Section("", found),), rest_days=30)


def _weekly() -> Blueprint:
    return Blueprint((Section("", (Rule(10),)),), rest_days=30, spread_topics=True)


def _conflict() -> Blueprint:
    first = (
        _rule(8, SAFETY, "single", easy=3, medium=4),
        _rule(4, FIRE, "single", medium=3),
        _rule(2, HEALTH, "true_false", easy=1),
    )
    second = (_rule(2, SAFETY, "multiple", medium=1), _rule(2, HEALTH, "essay"))
    return Blueprint((Section("通用知识", first), Section("岗位案例", second)), rest_days=30)
