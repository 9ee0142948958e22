"""Thirty days of daily quizzes and pre-shift questions, as different habits would have it.

Before them a set a month, in which what was known comes again: so there is something to tell of
what people still know after a month.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.org import service as org
from quizapp.org.models import Membership
from quizapp.org.rules import TEAM
from quizapp.points import service as points
from quizapp.quizzes import rules as quiz_rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.rules import EARLY, Shift
from quizapp.quizzes.service import PastSet, preshift
from quizapp.quizzes.service.preshift import PastAnswer

from . import names

# When people take their five questions: before the shift, at noon, in the evening.
_HOURS = (7, 7, 8, 12, 12, 13, 19, 20)
EARLY_MONTHS, MONTH_DAYS = 4, 31


@dataclass(frozen=True)
class Habit:
    """How often a person takes part, and how much they know."""

    person_id: int
    unit_id: int
    rate: float
    skill: float


@atomic
def write(organisation_id: int, today: date, *, days: int) -> None:
    """Write the finished sets of the last ``days`` days and what they earned."""
    dice = random.Random("the habits of the demo")  # nosec B311 - no secret
    zone = ZoneInfo(org.get_organisation(organisation_id).time_zone)
    habits = _habits(organisation_id, dice)
    sets = chain(
        _early_sets(habits, today - timedelta(days=days), zone),
        _sets(organisation_id, habits, today, days, zone, dice),
    )
    quizzes.record_past(organisation_id, sets)
    preshift.record_past(organisation_id, _answers(organisation_id, today, days, zone, dice))
    _ask_home_team(organisation_id)
    points.reward_in_bulk(today - timedelta(days=days))


def _habits(organisation_id: int, dice: random.Random) -> list[Habit]:
    """Give every team a level of its own and every person a habit around it."""
    rows = db.session.execute(
        select(Person.id, Person.employee_number, Membership.unit_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.organisation_id == organisation_id)
        .order_by(Person.id)
    ).all()
    level = {unit_id: dice.uniform(0.35, 0.85) for unit_id in sorted({r.unit_id for r in rows})}
    return [
        Habit(
            person_id=row.id,
            unit_id=row.unit_id,
            rate=min(0.97, max(0.05, dice.gauss(level[row.unit_id], 0.2))),
            skill=min(0.95, max(0.35, dice.gauss(0.72, 0.12))),
        )
        for row in rows
        if row.employee_number not in (names.EMPLOYEE[1], names.ADMIN[1])
    ]


def _early_sets(habits: list[Habit], first: date, zone: ZoneInfo) -> Iterator[PastSet]:
    """Yield a set of practice a month of each person, in the order of days, before ``first``."""
    dice = random.Random("the early sets of the demo")  # nosec B311 - no secret
    for back in range(EARLY_MONTHS * MONTH_DAYS, 0, -1):
        day = first - timedelta(days=back)
        for habit in habits:
            if habit.person_id % MONTH_DAYS != back % MONTH_DAYS:
                continue
            takes_part = dice.random() < habit.rate + 0.25
            right = tuple(dice.random() < habit.skill for _place in range(5))
            if takes_part:
                at = datetime.combine(day, time(dice.choice(_HOURS), dice.randrange(60)), zone)
                yield PastSet(habit.person_id, habit.unit_id, day, at, right, quiz_rules.PRACTICE)


def _sets(
    organisation_id: int,
    habits: list[Habit],
    today: date,
    days: int,
    zone: ZoneInfo,
    dice: random.Random,
) -> Iterator[PastSet]:
    """Yield the daily sets of the last days; a crew at its long rest does something else."""
    now = clock.now()
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        rest = 0.45 if day.weekday() >= 5 else 1.0
        at_work = org.count_eligible(organisation_id, day)
        for habit in habits:
            at = datetime.combine(
                day, time(dice.choice(_HOURS), dice.randrange(60), dice.randrange(60)), zone
            )
            takes_part = dice.random() < habit.rate * rest
            right = tuple(dice.random() < habit.skill for _place in range(5))
            if takes_part and at < now and habit.unit_id in at_work:
                yield PastSet(habit.person_id, habit.unit_id, day, at, right)


def _answers(
    organisation_id: int, today: date, days: int, zone: ZoneInfo, dice: random.Random
) -> Iterator[PastAnswer]:
    """Yield what teams answered before their early shifts; weekends are quiet."""
    teams = org.list_units(organisation_id, kinds=(TEAM,))
    habit = {team.id: dice.uniform(0.2, 0.8) for team in teams}
    for back in range(days // 2, 0, -1):
        day = today - timedelta(days=back)
        for team in teams:
            takes_part, is_right = dice.random() < habit[team.id], dice.random() < 0.8
            at = datetime.combine(day, time(7, dice.randrange(40, 58)), zone)
            if takes_part and day.weekday() < 5:
                yield PastAnswer(team.id, Shift(day, EARLY), at, is_right)


def _ask_home_team(organisation_id: int) -> None:
    """Put the question of the present shift on the wall of the demo's team, for its leader."""
    teams = org.list_units(organisation_id, kinds=(TEAM,))
    home = [team for team in teams if team.name == names.HOME_TEAM]
    preshift.prepare(organisation_id, home, preshift.present_shift(organisation_id))
