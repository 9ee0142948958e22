"""The member-days that scores divide by: who counts in a unit on a day.

A day of a person counts in their primary unit unless they are absent, or the day lies inside a
long rest of their shift calendar. Everything is asked of whole sets: a day of an organisation of a
million people is two statements, three where somebody has long rests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

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
        place = rules.place_in_cycle(self.cycle, self.anchor_on, day, self.offset_days)
        return place in self.rests


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


def load_calendars(
    organisation_id: int,
    first: date,
    end: date,
    *,
    units: Collection[int] | None = None,
    people: Collection[int] | None = None,
) -> Calendars:
    """Return the calendars that hold on a day from ``first`` until before ``end``.

    Nothing is looked for where no pattern has a long rest. ``units`` and ``people`` name whose
    calendars are asked about (None: everybody's).
    """
    found = Calendars(defaultdict(list), defaultdict(list))
    cycles = db.session.scalars(
        select(ShiftPattern.cycle).where(ShiftPattern.organisation_id == organisation_id)
    )
    if not any(rules.long_rests(cycle) for cycle in cycles):
        return found
    held = (
        ShiftPattern.organisation_id == organisation_id,
        ShiftAssignment.starts_on < end,
        or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > first),
    )
    for condition in _named(ShiftAssignment.unit_id, units):
        for row in db.session.execute(_assigned(*held, condition)):
            found.units[row.unit_id].append(_calendar(row))
    for condition in _named(ShiftAssignment.person_id, people):
        for row in db.session.execute(_assigned(*held, condition)):
            found.people[row.person_id].append(_calendar(row))
    return found


def _named(column: Any, ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    """Return the conditions, one a statement, that together find the rows of ``ids``."""
    if ids is None:
        return [column.is_not(None)]
    return [column.in_(some) for some in _slices(ids)]


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
    end = last + timedelta(days=1)
    rows = [row for some in _slices(unit_ids) for row in _memberships(some, first, end)]
    away = _absences(unit_ids, first, end)
    calendars = {} if with_resting else _calendars_of(rows, first, end)
    counts: dict[tuple[int, date], int] = defaultdict(int)
    for row in rows:
        shared = rules.overlap(row.starts_on, row.ends_on, first, end)
        absences = away.get(row.person_id, ())
        known = calendars.get(row.organisation_id)
        for day in _days(shared):
            if any(a <= day < b for a, b in absences):
                continue
            if known is None or not known.is_resting(row.person_id, row.path, day):
                counts[row.unit_id, day] += 1
    return dict(counts)


def _calendars_of(memberships: list[Any], first: date, end: date) -> dict[int, Calendars]:
    """Return the calendars with long rests that may hold for memberships, by organisation."""
    found: dict[int, Calendars] = {}
    for organisation_id in {row.organisation_id for row in memberships}:
        rows = [row for row in memberships if row.organisation_id == organisation_id]
        above = {int(part) for row in rows for part in row.path.strip("/").split("/")}
        people = {row.person_id for row in rows}
        loaded = load_calendars(organisation_id, first, end, units=above, people=people)
        if loaded.has_long_rests():
            found[organisation_id] = loaded
    return found


def _days(shared: tuple[date, date] | None) -> Iterator[date]:
    """Yield the days of a half open stretch; none when there is no stretch."""
    if shared:
        for number in range((shared[1] - shared[0]).days):
            yield shared[0] + timedelta(days=number)


def _memberships(unit_ids: Collection[int], first: date, end: date) -> list[Any]:
    """Return the primary memberships of units that have a day from ``first`` until ``end``."""
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
        .where(
            Membership.unit_id.in_(list(unit_ids)),
            Membership.kind == rules.PRIMARY,
            Membership.starts_on < end,
            or_(Membership.ends_on.is_(None), Membership.ends_on > first),
        )
    )
    return list(rows)


def _present(organisation_id: int, on: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for being a primary member who is not absent on a day."""
    away = select(Absence.id).where(
        Absence.person_id == Membership.person_id,
        Absence.starts_on <= on,
        or_(Absence.ends_on.is_(None), Absence.ends_on > on),
    )
    return (
        Unit.organisation_id == organisation_id,
        Membership.kind == rules.PRIMARY,
        Membership.starts_on <= on,
        or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        ~away.exists(),
    )


def count_eligible(organisation_id: int, on: date, *, with_resting: bool = False) -> dict[int, int]:
    """Return the number of eligible members of every unit of an organisation on one day.

    For the moment at which a day begins for everybody; ``with_resting`` as in
    ``eligible_members``. Units without any are left out.
    """
    present = _present(organisation_id, on)
    rows = db.session.execute(
        select(Unit.id, Unit.path, func.count())
        .join(Membership, Membership.unit_id == Unit.id)
        .where(*present)
        .group_by(Unit.id, Unit.path)
    ).all()
    counts = {unit_id: number for unit_id, _path, number in rows}
    if with_resting:
        return counts
    calendars = load_calendars(organisation_id, on, on + timedelta(days=1))
    if not calendars.has_long_rests():
        return counts
    own = _with_own_calendar(present, on)
    for unit_id, path, _number in rows:
        shared = calendars.of_unit(path, on)
        people = own.get(unit_id, ())
        if shared is not None and shared.is_resting(on):
            counts[unit_id] = len(people)
        counts[unit_id] -= sum(calendars.is_resting(person, path, on) for person in people)
    return {unit_id: number for unit_id, number in counts.items() if number}


def _with_own_calendar(present: tuple[ColumnElement[bool], ...], on: date) -> dict[int, list[int]]:
    """Return who has a calendar of their own on a day, by unit."""
    rows = db.session.execute(
        select(Membership.unit_id, Membership.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .join(ShiftAssignment, ShiftAssignment.person_id == Membership.person_id)
        .where(
            *present,
            ShiftAssignment.starts_on <= on,
            or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > on),
        )
        .distinct()
    )
    people: dict[int, list[int]] = defaultdict(list)
    for unit_id, person_id in rows:
        people[unit_id].append(person_id)
    return people


def member_days(organisation_id: int, first: date, last: date) -> dict[int, int]:
    """Return the eligible member-days of every unit from ``first`` to ``last``; both included."""
    days: dict[int, int] = defaultdict(int)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for unit_id, members in count_eligible(organisation_id, day).items():
            days[unit_id] += members
    return dict(days)


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


def _absences(
    unit_ids: Collection[int], first: date, end: date
) -> dict[int, list[tuple[date, date]]]:
    """Return the absences of the people of units, by person, as half open stretches."""
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for some in _slices(unit_ids):
        rows = db.session.execute(
            select(Absence.id, Absence.person_id, Absence.starts_on, Absence.ends_on)
            .join(Membership, Membership.person_id == Absence.person_id)
            .where(
                Membership.unit_id.in_(some),
                Absence.starts_on < end,
                or_(Absence.ends_on.is_(None), Absence.ends_on > first),
            )
            .distinct()
        )
        for row in rows:
            away[row.person_id].append((row.starts_on, row.ends_on or date.max))
    return away


def _slices(ids: Collection[int]) -> Iterator[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        yield wanted[start : start + SLICE]
