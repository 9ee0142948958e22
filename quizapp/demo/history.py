"""Thirty days of daily quizzes, as people with different habits would have taken them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.org import service as org
from quizapp.org.models import Membership
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import PastSet

from . import names

# When people take their five questions: before the shift, at noon, in the evening.
_HOURS = (7, 7, 8, 12, 12, 13, 19, 20)


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
    quizzes.record_past(organisation_id, _sets(habits, today, days, zone, dice))
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


def _sets(
    habits: list[Habit], today: date, days: int, zone: ZoneInfo, dice: random.Random
) -> Iterator[PastSet]:
    now = clock.now()
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        rest = 0.45 if day.weekday() >= 5 else 1.0
        for habit in habits:
            at = datetime.combine(
                day, time(dice.choice(_HOURS), dice.randrange(60), dice.randrange(60)), zone
            )
            takes_part = dice.random() < habit.rate * rest
            right = tuple(dice.random() < habit.skill for _place in range(5))
            if takes_part and at < now:
                yield PastSet(habit.person_id, habit.unit_id, day, at, right)
