"""Badges in the demo: a few that colleagues have earned, one that is near, a draft.

The demo's team leader has practised and reported mistakes, so there is something to see on Me. The
demo's employee is new: the first finished set earns a first badge while one looks on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Role
from quizapp.badges.rules import ACTIVITY, BRAND, GOLD, LEAST_MASTERED, MASTERY, WEEKS, Rule
from quizapp.badges.service import award_missing, desk
from quizapp.badges.service.desk import Draft
from quizapp.core import clock
from quizapp.items.service import filing, reporting, topics
from quizapp.mastery import rules as memory
from quizapp.mastery.service import knowing
from quizapp.org import service as org
from quizapp.quizzes import rules as quiz_rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import PastSet

from . import names
from .bank import as_role

PRACTICE_DAYS = 24
SIGNS = {"安全生产": "helmet", "劳动权益": "scales", "消防与应急": "flame", "职业健康": "heart"}
REPORTS = (
    ("wording", "题干里“班前”和“班中”混用了，读着要想一想。"),
    ("wording", "选项丙少了一个“不”字，意思正好相反。"),
    ("source", "条款号写的是旧版，现行文本里往后顺延了一条。"),
)


def practise(organisation_id: int, today: date) -> None:
    """Let the team leader have practised five questions on every day of the last weeks."""
    leader = as_role(organisation_id, names.LEADER, Role.LEADER)
    unit_id = org.unit_on(leader.id, today)
    zone = ZoneInfo(leader.time_zone)
    quizzes.record_past(
        organisation_id,
        (
            PastSet(
                leader.id,
                unit_id or 0,
                day,
                datetime.combine(day, time(20, 10), zone),
                (True,) * 5,
                quiz_rules.PRACTICE,
            )
            for day in (today - timedelta(days=back) for back in range(PRACTICE_DAYS, 0, -1))
        ),
    )


def write(organisation_id: int, today: date) -> None:
    """Accept what the leader reported, write the badges, and give what is earned by then."""
    admin = as_role(organisation_id, names.ADMIN, Role.ADMIN)
    leader = as_role(organisation_id, names.LEADER, Role.LEADER)
    yesterday = datetime.combine(
        today - timedelta(days=1), time(20, 40), ZoneInfo(leader.time_zone)
    )
    with clock.frozen(yesterday):
        accepted = _report(organisation_id, leader, today)
        for draft in (*_mastery(leader), *_activities(accepted)):
            desk.activate(admin, desk.add_badge(admin, draft))
        award_missing(organisation_id)
    desk.add_badge(
        admin, Draft("四季常学", "一年里断断续续也算。", "calendar", BRAND, Rule(WEEKS, 40))
    )


def _report(organisation_id: int, leader: Viewer, today: date) -> int:
    """Let the leader report a mistake in some sets and the author accept them; return how many."""
    author = as_role(organisation_id, names.AUTHOR, Role.AUTHOR)
    told = iter(REPORTS)
    for back in range(2, 31):
        attempt = quizzes.find_daily(leader, today - timedelta(days=back))
        found = next(told, None) if attempt else None
        if attempt and found:
            reporting.report(leader, attempt.public_id, 1, reason=found[0], text=found[1])
    number = 0
    words = {text for _reason, text in REPORTS}
    for item in reporting.list_reported(author):
        open_ids = [
            line.public_id
            for line in reporting.get_triage(author, item.public_id).open
            if line.text in words
        ]
        if open_ids:
            number += reporting.handle_reports(
                author, item.public_id, open_ids, is_accepted=True, answer="核对属实，下一版改正。"
            )
    return number


def _mastery(leader: Viewer) -> Iterator[Draft]:
    """Yield a badge for the theme the leader knows best, and one four questions away.

    What is drawn hangs on the day the demo is loaded, and the badges follow it.
    """
    known = _known(leader)
    signs = [name for name in known if name in SIGNS] or list(known)
    for place, name in enumerate(signs[:2]):
        topic_id, number = known[name]
        needed = max(LEAST_MASTERED, number) if place == 0 else max(LEAST_MASTERED, number + 4)
        rule = Rule(MASTERY, needed, topic_id=topic_id)
        yield Draft(name, f"“{name}”的题目答得又准又稳。", SIGNS.get(name, "book"), GOLD, rule)


def _known(leader: Viewer) -> dict[str, tuple[int, int]]:
    """Return by theme its id and how many questions the leader knows firmly, most first."""
    today = org.today(leader.organisation_id)
    tree = topics.list_topics(leader.organisation_id, is_counted=False)
    theme_of = {line.id: line.theme_id for line in tree}
    answered = knowing.list_answered([leader.id])
    filed = filing.topics_of({one.item_id for one in answered})
    counted = Counter(
        theme_of[filed[one.item_id]]
        for one in answered
        if memory.is_firm(one.stability, one.answered_on, today)
    )
    named = {line.id: line.name for line in tree if line.depth == 0}
    return {named[theme_id]: (theme_id, number) for theme_id, number in counted.most_common()}


def _activities(accepted: int) -> Iterator[Draft]:
    if accepted:
        rule = Rule(ACTIVITY, accepted, activity="report_accepted")
        yield Draft("题目纠错", "发现题目的毛病并说清楚，大家都受益。", "flag", GOLD, rule)
    first = Rule(ACTIVITY, 1, activity="daily_finished")
    yield Draft("第一组题", "从五道题开始。", "book", BRAND, first)
    many = Rule(ACTIVITY, 20, activity="daily_finished")
    yield Draft("二十天", "累计二十天，不要求连续。", "calendar", GOLD, many)
    own = Rule(ACTIVITY, 1, activity="item_contributed")
    yield Draft("出题人", "自己出的题目通过三级审核。", "pen", BRAND, own)
