"""What the agenda asks of a quiz: may it be assigned, and how does it stand for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Row, and_, case, func, or_, select

from quizapp.accounts.access import Viewer
from quizapp.agenda import service as agenda
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org.models import Unit

from .. import rules
from ..models import CLOSED, OPEN, PUBLISHED, Attempt, Audience, QuizBlueprint
from .starting import is_for

KIND = "quiz"


def describe(
    viewer: Viewer, paths: tuple[str, ...], ids: Sequence[str] | None
) -> dict[str, agenda.Description]:
    """Return the published, open quizzes for somebody below ``paths``, by public id.

    ``ids`` None: all of them. The built-in modes are everybody's anyway and cannot be assigned.
    """
    now = clock.now()
    rows = db.session.execute(
        select(QuizBlueprint, Audience.role, Unit.path)
        .outerjoin(Audience, Audience.blueprint_id == QuizBlueprint.id)
        .outerjoin(Unit, Unit.id == Audience.unit_id)
        .where(
            QuizBlueprint.organisation_id == viewer.organisation_id,
            QuizBlueprint.state == PUBLISHED,
            QuizBlueprint.mode.in_(rules.AUTHORED),
            or_(QuizBlueprint.opens_at.is_(None), QuizBlueprint.opens_at <= now),
            or_(QuizBlueprint.closes_at.is_(None), QuizBlueprint.closes_at > now),
            *([QuizBlueprint.public_id.in_(list(ids))] if ids is not None else []),
        )
    )
    quizzes: dict[str, QuizBlueprint] = {}
    reach: dict[str, list[str]] = {}
    for quiz, role, path in rows:
        quizzes[quiz.public_id] = quiz
        reach.setdefault(quiz.public_id, [])
        if path and not role:  # for everybody in the unit, not for those of one role
            reach[quiz.public_id].append(path)
        elif path:
            reach[quiz.public_id].append("")
    return {
        name: _description(quiz, tuple(path for path in reach[name] if path), viewer.time_zone)
        for name, quiz in quizzes.items()
        if _is_near(reach[name], paths)
    }


def _is_near(reach: list[str], paths: tuple[str, ...]) -> bool:
    """Tell whether a quiz is for a whole unit at, above or below one of ``paths``.

    A quiz that is only for people of some role has no unit that could be given it.
    """
    return not reach or any(
        path and (path.startswith(own) or own.startswith(path)) for path in reach for own in paths
    )


def _description(quiz: QuizBlueprint, reach: tuple[str, ...], zone: str) -> agenda.Description:
    return agenda.Description(
        title=quiz.name,
        minutes=_minutes(quiz.limit_seconds, quiz.rules),
        closes_on=_day(quiz.closes_at, zone),
        reach=reach,
        legal_basis=quiz.legal_basis,
    )


def _day(moment: datetime | None, zone: str) -> date | None:
    return moment.astimezone(ZoneInfo(zone)).date() if moment else None


def _minutes(limit_seconds: int | None, stored: str) -> int | None:
    """Return how long a quiz takes: its limit, or so much for each item; None when unknown."""
    if limit_seconds:
        return max(round(limit_seconds / 60), 1)
    try:
        sections = json.loads(stored)["sections"]
        items = sum(int(rule["count"]) for section in sections for rule in section["rules"])
    except (ValueError, KeyError, TypeError):
        return None
    return max(round(items * rules.SECONDS_AN_ITEM / 60), 1)


def state_of(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, agenda.SubjectState]:
    """Return how quizzes stand for a person, by public id: one statement.

    Drafts and quizzes for others are left out. Done is a quiz with a final attempt, and where
    there is a cut score, one that passed.
    """
    rows = db.session.execute(
        select(
            QuizBlueprint,
            func.count(Attempt.id).label("taken"),
            func.max(_passes()).label("passed"),
        )
        .outerjoin(
            Attempt,
            and_(
                Attempt.blueprint_id == QuizBlueprint.id,
                Attempt.person_id == viewer.id,
                Attempt.state != OPEN,
            ),
        )
        .where(QuizBlueprint.public_id.in_(list(ids)), *is_for(viewer))
        .group_by(QuizBlueprint.id)
    )
    return {row.QuizBlueprint.public_id: _state(row, viewer.time_zone) for row in rows}


def _state(row: Row[Any], zone: str) -> agenda.SubjectState:
    quiz: QuizBlueprint = row.QuizBlueprint
    now = clock.now()
    is_early = quiz.opens_at is not None and quiz.opens_at > now
    is_over = quiz.state == CLOSED or (quiz.closes_at is not None and quiz.closes_at <= now)
    has_tries = quiz.attempts_allowed is None or row.taken < quiz.attempts_allowed
    return agenda.SubjectState(
        title=quiz.name,
        minutes=_minutes(quiz.limit_seconds, quiz.rules),
        is_open=not is_early and not is_over and has_tries,
        is_done=bool(row.passed),
        opens_on=_day(quiz.opens_at, zone) if is_early and not is_over else None,
    )


def _passes() -> Any:
    """Return 1 for an attempt that does a task: passed, or final where passing is not told yet."""
    return case(
        (Attempt.id.is_(None), 0),
        (QuizBlueprint.cut_score.is_(None), 1),
        (~QuizBlueprint.tells_after.contains(rules.VERDICT), 1),
        (Attempt.is_passed.is_(True), 1),
        else_=0,
    )


def find_assignable(blueprint_id: int) -> tuple[str, bool] | None:
    """Return a quiz's public id and whether it has to be passed; None for a built-in mode."""
    quiz = db.session.get(QuizBlueprint, blueprint_id)
    if quiz is None or quiz.mode not in rules.AUTHORED:
        return None
    return quiz.public_id, quiz.cut_score is not None


def subject() -> agenda.Subject:
    """Return what the agenda has to know of quizzes."""
    return agenda.Subject(
        word=lambda: str(_("Quiz")),
        picture="document",
        describe=describe,
        state_of=state_of,
        address=lambda quiz_id: ("quizzes.show", {"quiz_id": quiz_id}),
    )
