"""How far goals are, and which have been met: sums of the boards and of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from quizapp.core import clock
from quizapp.core.db import atomic, db, end_read
from quizapp.core.events import announce
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import DaySum
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules
from ..events import GoalMet
from ..models import Goal

LATE = timedelta(days=4)  # a set of the last day may be finished up to two days after it


def measure_row(season: SeasonView, unit_id: int, goals: Sequence[Goal]) -> dict[int, int]:
    """Return how far each of a row's goals is, by its id (None for one that is not stored yet)."""
    return _measure(season, [(unit_id, goal) for goal in goals])


def _measure(season: SeasonView, goals: Iterable[tuple[int, Goal]]) -> dict[int, int]:
    """Return how far goals of a season are: a statement for up to 500 rows, whatever their size."""
    listed = list(goals)
    of_days = {unit for unit, goal in listed if goal.kind != rules.PRESHIFT}
    days: dict[int, list[DaySum]] = {}
    if of_days:
        days = leaderboards.sums_of_rows(season.id, of_days, season.starts_on, season.ends_on)
    shifts = _shifts(season, [(unit, goal) for unit, goal in listed if goal.kind == rules.PRESHIFT])
    return {
        goal.id: _value(goal, days.get(unit, []), shifts.get((unit, goal.ends_on), 0))
        for unit, goal in listed
    }


def _shifts(season: SeasonView, goals: Iterable[tuple[int, Goal]]) -> dict[tuple[int, date], int]:
    """Return how many pre-shift questions each row has answered until the last day of its goal."""
    units: dict[date, set[int]] = defaultdict(set)
    for unit, goal in goals:
        units[goal.ends_on].add(unit)
    return {
        (unit, last): number
        for last, wanted in units.items()
        for unit, number in points.quantities_of_teams(
            wanted, rules.PRESHIFT_ACTIVITY, season.starts_on, last
        ).items()
    }


def _value(goal: Goal, days: Sequence[DaySum], shifts: int) -> int:
    if goal.kind == rules.PRESHIFT:
        return shifts
    counted = [(day.day, day.points, day.members) for day in days if day.day <= goal.ends_on]
    if goal.kind == rules.WEEKS:
        return rules.active_weeks(rules.weeks_of(counted))
    return sum(points for _day, points, _members in counted)


def note_met() -> int:
    """Mark the goals that have been reached and announce each once; return how many.

    Looking first costs reads only; the command takes the write lock when there is something.
    """
    reached = _reached()
    end_read()
    return _mark(reached) if reached else 0


@dataclass(frozen=True)
class _Reached:
    goal_id: int
    organisation_id: int
    on: date


def _reached() -> list[_Reached]:
    """Return the goals that are reached and not marked yet."""
    waiting: dict[int, list[Goal]] = defaultdict(list)
    for goal in db.session.scalars(
        select(Goal).where(Goal.met_on.is_(None), Goal.ends_on >= clock.now().date() - LATE)
    ):
        waiting[goal.season_id].append(goal)
    found = []
    for season_id, goals in waiting.items():
        season = points.get_season(season_id)
        today = org.today(season.organisation_id)
        values = _measure(season, [(goal.unit_id, goal) for goal in goals])
        found += [
            _Reached(goal.id, season.organisation_id, min(today, goal.ends_on))
            for goal in goals
            if values[goal.id] >= goal.target
        ]
    return found


@atomic
def _mark(reached: Sequence[_Reached]) -> int:
    """Mark goals; one that somebody else marked, or that is gone, is not announced again."""
    marked = 0
    for one in reached:
        row = db.session.execute(
            update(Goal)
            .where(Goal.id == one.goal_id, Goal.met_on.is_(None))
            .values(met_on=one.on)
            .returning(Goal.public_id, Goal.unit_id, Goal.kind, Goal.target)
            .execution_options(synchronize_session=False)
        ).first()
        if row is None:
            continue
        marked += 1
        announce(
            GoalMet(
                goal_id=one.goal_id,
                goal_public_id=row.public_id,
                organisation_id=one.organisation_id,
                unit_id=row.unit_id,
                kind=row.kind,
                target=row.target,
                met_on=one.on,
            )
        )
    return marked
