"""Signals about how quizzes are taken, for an auditor: shares of five people and more, no names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org.rules import learning_day

from .. import rules
from ..models import OPEN, Attempt, QuizBlueprint, Response

LEAST = 5
WEEKS = 8
LONGEST_GIVEN = 200  # longer answers are essays, and nobody writes the same one by chance
LEAST_PAIRS = 30  # of wrong answers to the same question, to compare


@dataclass(frozen=True)
class Signal:
    """A quiz in a week that is over, as shares in per cent; None where there is too little.

    ``alike`` is how often two wrong answers to the same question were the same one within a team,
    ``expected`` how often between teams.
    """

    week: date
    name: str
    mode: str
    people: int
    rapid: float | None
    late: float | None
    again: float | None
    alike: float | None
    expected: float | None


def list_signals(viewer: Viewer) -> list[Signal]:
    """Return what quizzes of the last eight weeks that are over show, the newest week first."""
    today = learning_day(clock.now(), viewer.time_zone)
    monday = today - timedelta(days=today.weekday())
    since = monday - timedelta(weeks=WEEKS)
    wanted = (
        QuizBlueprint.organisation_id == viewer.organisation_id,
        QuizBlueprint.mode.in_(rules.AUTHORED),
        Attempt.day >= since,
        Attempt.day < monday,
        Attempt.state != OPEN,
    )
    pairs = _pairs(wanted, since)
    found = []
    for key, one in _by_week(wanted, since).items():
        if one.people < LEAST:
            continue
        alike, expected = pairs.get(key, (None, None))
        found.append(
            Signal(
                week=since + timedelta(weeks=key[0]),
                name=one.name,
                mode=one.mode,
                people=one.people,
                rapid=_share(one.rapid, one.responses),
                late=_share(one.late, one.responses),
                again=_share(one.again, one.attempts),
                alike=alike,
                expected=expected,
            )
        )
    return sorted(found, key=lambda one: (-one.week.toordinal(), one.name))


@dataclass
class _Week:
    name: str
    mode: str
    people: int
    attempts: int
    again: int
    responses: int = 0
    rapid: int = 0
    late: int = 0


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _week_of(since: date) -> Any:
    """Return the number of an attempt's week, counted from ``since``."""
    ends = [(number, since + timedelta(weeks=number + 1)) for number in range(WEEKS)]
    return case(*((Attempt.day < end, number) for number, end in ends))


def _by_week(wanted: tuple[Any, ...], since: date) -> dict[tuple[int, int], _Week]:
    """Return the sums of each week and quiz; people are counted once in a week."""
    week = _week_of(since)
    attempts = db.session.execute(
        select(
            week.label("week"),
            QuizBlueprint.id,
            QuizBlueprint.name,
            QuizBlueprint.mode,
            func.count(Attempt.person_id.distinct()).label("people"),
            func.count().label("attempts"),
            func.sum(case((Attempt.number > 1, 1), else_=0)).label("again"),
        )
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .where(*wanted)
        .group_by(week, QuizBlueprint.id)
    )
    weeks = {
        (row.week, row.id): _Week(row.name, row.mode, row.people, row.attempts, int(row.again))
        for row in attempts
    }
    responses = db.session.execute(
        select(
            week.label("week"),
            Attempt.blueprint_id,
            func.count().label("responses"),
            func.sum(case((Response.is_rapid, 1), else_=0)).label("rapid"),
            func.sum(case((Response.is_late, 1), else_=0)).label("late"),
        )
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(*wanted)
        .group_by(week, Attempt.blueprint_id)
    )
    for row in responses:
        one = weeks[row.week, row.blueprint_id]
        one.responses, one.rapid, one.late = row.responses, int(row.rapid), int(row.late)
    return weeks


def _pairs(
    wanted: tuple[Any, ...], since: date
) -> dict[tuple[int, int], tuple[float | None, float | None]]:
    """Return by week and quiz how often wrong answers agree within teams, and between them."""
    week = _week_of(since)
    what = (Attempt.blueprint_id, Attempt.unit_id, Response.item_version_id, Response.given)
    rows = db.session.execute(
        select(week.label("week"), *what, func.count().label("number"))
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            *wanted,
            Attempt.number == 1,
            Response.is_correct.is_(False),
            Response.is_pending.is_(False),
            func.length(Response.given) <= LONGEST_GIVEN,
        )
        .group_by(week, *what)
    )
    counted: dict[tuple[int, int], dict[tuple[int, int | None, str], int]] = defaultdict(dict)
    for row in rows:
        key = (row.item_version_id, row.unit_id, row.given)
        counted[row.week, row.blueprint_id][key] = row.number
    return {key: _agreement(counts) for key, counts in counted.items()}


def _agreement(counts: dict[tuple[int, int | None, str], int]) -> tuple[float | None, float | None]:
    """Return the share of agreeing pairs within teams and between teams, in per cent."""
    same = _pairs_in(counts.items(), lambda key: key)
    in_team = _pairs_in(counts.items(), lambda key: key[:2])
    same_all = _pairs_in(counts.items(), lambda key: (key[0], key[2]))
    all_pairs = _pairs_in(counts.items(), lambda key: key[0])
    between = all_pairs - in_team
    if in_team < LEAST_PAIRS or between < LEAST_PAIRS:
        return None, None
    return _share(same, in_team), _share(same_all - same, between)


def _pairs_in(counts: Iterable[tuple[Any, int]], key_of: Any) -> int:
    sizes: dict[Any, int] = defaultdict(int)
    for key, number in counts:
        sizes[key_of(key)] += number
    return sum(size * (size - 1) // 2 for size in sizes.values())
