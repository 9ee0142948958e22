"""The member-days that scores divide by: who counts in a unit on a day.

A day of a person counts in their primary unit unless they are absent, or the day lies inside a
long rest of their shift calendar. Everything is asked of whole sets: any number of days of an
organisation of a million people is a handful of statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, func, literal, or_, select

from quizapp.core.db import db

from .. import rules
from ..models import Absence, Membership, ShiftAssignment, ShiftPattern, Unit

SLICE = 5000  # ids in one statement: below every database's limit of parameters


@dataclass(frozen=True)
class Calendar:
    """A pattern that has long rests, as somebody works by it from ``starts_on`` until ``ends_on``.

    ``rests`` are the places of the pattern inside long rests; ``ends_on`` is the day after.
    """

    starts_on: date
    ends_on: date
    cycle: str
    anchor_on: date
    offset_days: int
    rests: frozenset[int]

    def holds(self, day: date) -> bool:
        """Tell whether it is the calendar of ``day``."""
        return self.starts_on <= day < self.ends_on

    def is_resting(self, day: date) -> bool:
        """Tell whether ``day`` lies inside a long rest."""
        return self.place(day) in self.rests

    def place(self, day: date) -> int:
        """Return at which place of the pattern ``day`` lies."""
        return rules.place_in_cycle(self.cycle, self.anchor_on, day, self.offset_days)


@dataclass(frozen=True)
class Calendars:
    """The shift calendars of an organisation that are asked about, by unit and by person."""

    units: dict[int, list[Calendar]]
    people: dict[int, list[Calendar]]

    def has_long_rests(self) -> bool:
        """Tell whether there is any long rest in them."""
        listed = (*self.units.values(), *self.people.values())
        return any(calendar.rests for calendars in listed for calendar in calendars)

    def of_unit(self, path: str, day: date) -> Calendar | None:
        """Return the calendar of a unit on ``day``: its own, else that of the nearest above."""
        for part in reversed(path.strip("/").split("/")):
            found = _on(self.units.get(int(part), ()), day)
            if found:
                return found
        return None

    def is_resting(self, person_id: int, path: str, day: date) -> bool:
        """Tell whether a member of a unit is inside a long rest; their own calendar goes first."""
        calendar = _on(self.people.get(person_id, ()), day) or self.of_unit(path, day)
        return calendar is not None and calendar.is_resting(day)


def _on(calendars: Iterable[Calendar], day: date) -> Calendar | None:
    return next((calendar for calendar in calendars if calendar.holds(day)), None)


def load_calendars(organisation_id: int, first: date, end: date) -> Calendars:
    """Return the calendars that hold on a day from ``first`` until before ``end``.

    Nothing is looked for where no pattern has a long rest.
    """
    found = Calendars(defaultdict(list), defaultdict(list))
    cycles = db.session.scalars(
        select(ShiftPattern.cycle).where(ShiftPattern.organisation_id == organisation_id)
    )
    if not any(rules.long_rests(cycle) for cycle in cycles):
        return found
    return _fill(found, organisation_id, first, end)


def _fill(
    found: Calendars, organisation_id: int, first: date, end: date, *more: ColumnElement[bool]
) -> Calendars:
    rows = db.session.execute(
        _assigned(
            *more,
            ShiftPattern.organisation_id == organisation_id,
            ShiftAssignment.starts_on < end,
            or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > first),
        )
    )
    for row in rows:
        mine = found.units if row.unit_id is not None else found.people
        mine[row.unit_id or row.person_id].append(_calendar(row))
    return found


def unit_shifts(organisation_id: int, first: date, last: date) -> Callable[[int, date], str | None]:
    """Return a function that tells a unit's shift on a day, as ``shift_of_unit`` does.

    Two statements for all units and days of ``[first, last]``; None without a calendar.
    """
    calendars = Calendars(defaultdict(list), defaultdict(list))
    end = last + timedelta(days=1)
    _fill(calendars, organisation_id, first, end, ShiftAssignment.unit_id.is_not(None))
    paths = {
        unit_id: path
        for unit_id, path in db.session.execute(
            select(Unit.id, Unit.path).where(Unit.organisation_id == organisation_id)
        )
    }

    @cache
    def shift(unit_id: int, day: date) -> str | None:
        found = calendars.of_unit(paths.get(unit_id, ""), day) if unit_id in paths else None
        return found.cycle[found.place(day)] if found else None

    return shift


def _assigned(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(
            ShiftAssignment.unit_id,
            ShiftAssignment.person_id,
            ShiftAssignment.offset_days,
            ShiftAssignment.starts_on,
            ShiftAssignment.ends_on,
            ShiftPattern.cycle,
            ShiftPattern.anchor_on,
        )
        .join(ShiftPattern, ShiftPattern.id == ShiftAssignment.pattern_id)
        .where(*conditions)
        .order_by(ShiftAssignment.id)
    )


def _calendar(row: Any) -> Calendar:
    return Calendar(
        starts_on=row.starts_on,
        ends_on=row.ends_on or date.max,
        cycle=row.cycle,
        anchor_on=row.anchor_on,
        offset_days=row.offset_days,
        rests=rules.long_rests(row.cycle),
    )


def eligible_members(
    unit_ids: Collection[int], first: date, last: date, *, with_resting: bool = False
) -> dict[tuple[int, date], int]:
    """Return the number of eligible members of each unit on each day of ``[first, last]``.

    Eligible are primary members who are neither absent nor inside a long rest of their shift
    calendar; days without any are left out. ``with_resting`` counts those at rest as well.
    """
    counts: dict[tuple[int, date], int] = {}
    for some in _slices(unit_ids):
        units = Unit.id.in_(some)
        for unit_id, numbers in _count(units, first, last, with_resting=with_resting).items():
            for step, number in enumerate(numbers):
                if number:
                    counts[unit_id, first + timedelta(days=step)] = number
    return counts


def count_eligible(organisation_id: int, on: date, *, with_resting: bool = False) -> dict[int, int]:
    """Return the number of eligible members of every unit of an organisation on one day.

    For the moment at which a day begins for everybody; ``with_resting`` as in
    ``eligible_members``. Units without any are left out.
    """
    units = Unit.organisation_id == organisation_id
    counted = _count(units, on, on, with_resting=with_resting)
    return {unit_id: numbers[0] for unit_id, numbers in counted.items() if numbers[0]}


def member_days(organisation_id: int, first: date, last: date) -> dict[int, int]:
    """Return the eligible member-days of every unit from ``first`` to ``last``; both included."""
    units = Unit.organisation_id == organisation_id
    counted = _count(units, first, last, with_resting=False)
    return {unit_id: sum(numbers) for unit_id, numbers in counted.items() if any(numbers)}


@dataclass(frozen=True)
class _Stretch:
    """The days that are counted, from ``first`` until before ``end``."""

    first: date
    end: date

    def meets(self, table: Any) -> Any:
        """Return the condition that a row with ``starts_on`` and ``ends_on`` has a day in it."""
        ends_later = or_(table.ends_on.is_(None), table.ends_on > self.first)
        return and_(table.starts_on < self.end, ends_later)

    def has_row(self, table: Any) -> Any:
        """Return the condition that a member has a row of ``table`` on a day of it.

        The set is made once: asking for each of a million members would take many times as long.
        """
        people = select(table.person_id).where(table.person_id.is_not(None), self.meets(table))
        return Membership.person_id.in_(people)

    def place(self, day: date | None) -> int:
        """Return at which place of it a day lies, its two ends at most; None is its end."""
        held = self.end if day is None else min(max(day, self.first), self.end)
        return (held - self.first).days


def _count(
    units: ColumnElement[bool], first: date, last: date, *, with_resting: bool
) -> dict[int, list[int]]:
    """Return the eligible members of each unit, day by day.

    Most people are members and nothing else: they are counted by the database, by the day on
    which they come and go, whatever the number of days. Only those who are absent on some day, or
    have a calendar of their own, are looked at one by one.
    """
    stretch = _Stretch(first, last + timedelta(days=1))
    paths, calendars = ({}, {}) if with_resting else _calendars(units, stretch)
    special = stretch.has_row(Absence)
    if calendars:
        special = or_(special, stretch.has_row(ShiftAssignment))
    counts = _plain(units, stretch, ~special)
    for unit_id, numbers in counts.items():
        for step in _resting_steps(paths.get(unit_id), calendars, stretch):
            numbers[step] = 0
    _add_special(counts, units, stretch, special, calendars)
    return counts


def _calendars(
    units: ColumnElement[bool], stretch: _Stretch
) -> tuple[dict[int, tuple[int, str]], dict[int, Calendars]]:
    """Return organisation and path of units, and the calendars with long rests, where any are."""
    organisations = select(Unit.organisation_id).where(units).distinct()
    found = {
        organisation_id: load_calendars(organisation_id, stretch.first, stretch.end)
        for organisation_id in db.session.scalars(
            select(ShiftPattern.organisation_id)
            .where(ShiftPattern.organisation_id.in_(organisations))
            .distinct()
        )
    }
    rested = {key: known for key, known in found.items() if known.has_long_rests()}
    if not rested:
        return {}, {}
    rows = db.session.execute(select(Unit.id, Unit.organisation_id, Unit.path).where(units))
    return {row.id: (row.organisation_id, row.path) for row in rows}, rested


def _resting_steps(
    unit: tuple[int, str] | None, calendars: dict[int, Calendars], stretch: _Stretch
) -> Iterator[int]:
    """Yield the places of days on which a whole unit is at its long rest."""
    known = calendars.get(unit[0]) if unit else None
    if unit is None or known is None:
        return
    for step in range((stretch.end - stretch.first).days):
        day = stretch.first + timedelta(days=step)
        calendar = known.of_unit(unit[1], day)
        if calendar is not None and calendar.is_resting(day):
            yield step


def _members(units: ColumnElement[bool], stretch: _Stretch) -> tuple[Any, ...]:
    return (units, Membership.kind == rules.PRIMARY, stretch.meets(Membership))


def _plain(units: ColumnElement[bool], stretch: _Stretch, is_plain: Any) -> dict[int, list[int]]:
    """Count the members who are nothing but members, day by day."""
    comes = case(
        (Membership.starts_on <= stretch.first, literal(stretch.first, Date)),
        else_=Membership.starts_on,
    )
    goes = case((Membership.ends_on < stretch.end, Membership.ends_on), else_=None)
    rows = db.session.execute(
        select(Membership.unit_id, comes.label("comes"), goes.label("goes"), func.count())
        .join(Unit, Unit.id == Membership.unit_id)
        .where(*_members(units, stretch), is_plain)
        .group_by(Membership.unit_id, "comes", "goes")
    )
    length = (stretch.end - stretch.first).days
    changes: dict[int, list[int]] = defaultdict(lambda: [0] * (length + 1))
    for unit_id, came, went, number in rows:
        changes[unit_id][stretch.place(came)] += number
        changes[unit_id][stretch.place(went)] -= number
    return {unit_id: list(accumulate(steps[:-1])) for unit_id, steps in changes.items()}


def _add_special(
    counts: dict[int, list[int]],
    units: ColumnElement[bool],
    stretch: _Stretch,
    is_special: Any,
    calendars: dict[int, Calendars],
) -> None:
    """Add those who are absent on some day or have a calendar of their own, one by one."""
    rows = db.session.execute(
        select(
            Membership.person_id,
            Membership.unit_id,
            Membership.starts_on,
            Membership.ends_on,
            Unit.organisation_id,
            Unit.path,
        )
        .join(Unit, Unit.id == Membership.unit_id)
        .where(*_members(units, stretch), is_special)
    ).all()
    away = _absences({row.person_id for row in rows}, stretch)
    length = (stretch.end - stretch.first).days
    for row in rows:
        numbers = counts.setdefault(row.unit_id, [0] * length)
        known = calendars.get(row.organisation_id)
        for step in range(stretch.place(row.starts_on), stretch.place(row.ends_on)):
            day = stretch.first + timedelta(days=step)
            if any(since <= day < until for since, until in away.get(row.person_id, ())):
                continue
            numbers[step] += known is None or not known.is_resting(row.person_id, row.path, day)


def _absences(people: Collection[int], stretch: _Stretch) -> dict[int, list[tuple[date, date]]]:
    """Return the absences of people by person, as half open stretches."""
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for some in _slices(people):
        rows = db.session.execute(
            select(Absence.person_id, Absence.starts_on, Absence.ends_on).where(
                Absence.person_id.in_(some), stretch.meets(Absence)
            )
        )
        for row in rows:
            away[row.person_id].append((row.starts_on, row.ends_on or date.max))
    return away


def first_days(organisation_id: int, after: date) -> dict[int, date]:
    """Return the first day after ``after`` on which a primary membership begins, by unit id."""
    rows = db.session.execute(
        select(Membership.unit_id, func.min(Membership.starts_on))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Unit.organisation_id == organisation_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on > after,
        )
        .group_by(Membership.unit_id)
    )
    return {unit_id: day for unit_id, day in rows}


def _slices(ids: Collection[int]) -> Iterator[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        yield wanted[start : start + SLICE]
