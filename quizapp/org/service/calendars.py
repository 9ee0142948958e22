"""Shift calendars: patterns that repeat, who works by them, and which shift a day has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import MembershipChanged
from ..models import Membership, ShiftAssignment, ShiftPattern, Unit
from .memberships import primary_membership


@dataclass(frozen=True)
class PatternLine:
    """A pattern of shifts, with the number of units and people assigned to it now or later."""

    id: int
    public_id: str
    code: str
    name: str
    cycle: str
    anchor_on: date
    units: int
    people: int


def list_patterns(organisation_id: int, on: date) -> list[PatternLine]:
    """Return an organisation's patterns by code, counting those who work by them from ``on`` on."""
    holds = or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > on)
    rows = db.session.execute(
        select(
            ShiftPattern,
            func.count(ShiftAssignment.unit_id).label("units"),
            func.count(ShiftAssignment.person_id).label("people"),
        )
        .outerjoin(ShiftAssignment, (ShiftAssignment.pattern_id == ShiftPattern.id) & holds)
        .where(ShiftPattern.organisation_id == organisation_id)
        .group_by(ShiftPattern)
        .order_by(ShiftPattern.code)
    )
    return [_line(row.ShiftPattern, row.units, row.people) for row in rows]


def find_pattern(organisation_id: int, code: str) -> PatternLine | None:
    """Return an organisation's pattern by its code, or None."""
    found = _fetch(organisation_id, code)
    return _line(found, 0, 0) if found else None


def _fetch(organisation_id: int, code: str) -> ShiftPattern | None:
    return db.session.scalar(
        select(ShiftPattern).where(
            ShiftPattern.organisation_id == organisation_id,
            ShiftPattern.code == rules.normal_name(code),
        )
    )


def _line(pattern: ShiftPattern, units: int, people: int) -> PatternLine:
    return PatternLine(
        id=pattern.id,
        public_id=pattern.public_id,
        code=pattern.code,
        name=pattern.name,
        cycle=pattern.cycle,
        anchor_on=pattern.anchor_on,
        units=units,
        people=people,
    )


@atomic
def set_pattern(
    actor_id: int | None,
    organisation_id: int,
    *,
    code: str,
    name: str,
    cycle: str,
    anchor_on: date,
) -> int:
    """Write a pattern under its code, new or in the place of the one there; return its id.

    ``cycle`` is a letter of ``rules.SHIFTS`` a day, the first for ``anchor_on``. Raises Refusal
    when it is none.
    """
    if not rules.is_cycle(cycle):
        raise Refusal(
            _(
                "A pattern has 1 to %(most)s days, each day, middle, night or rest, "
                "and at least one of them at work.",
                most=rules.MAX_CYCLE_DAYS,
            ),
            field="cycle",
            status=422,
        )
    pattern = _fetch(organisation_id, code)
    if pattern is None:
        pattern = ShiftPattern(organisation_id=organisation_id, code=rules.normal_name(code))
    elif pattern.cycle != cycle or pattern.anchor_on != anchor_on:
        _announce(_held(pattern.id), had=rules.long_rests(pattern.cycle), has=_rests(cycle))
    pattern.name, pattern.cycle, pattern.anchor_on = rules.normal_name(name), cycle, anchor_on
    db.session.add(pattern)
    db.session.flush()
    audit.record("org.shifts_set", f"shifts:{pattern.public_id}", actor_id=actor_id, code=code)
    return pattern.id


def _rests(cycle: str) -> frozenset[int]:
    return rules.long_rests(cycle)


def _held(pattern_id: int) -> list[ShiftAssignment]:
    return list(
        db.session.scalars(select(ShiftAssignment).where(ShiftAssignment.pattern_id == pattern_id))
    )


@atomic
def assign_shifts(
    actor_id: int | None,
    pattern_id: int,
    *,
    unit_id: int | None = None,
    person_id: int | None = None,
    since: date,
    until: date | None = None,
    offset_days: int = 0,
) -> bool:
    """Let a unit, or one person, work by a pattern from ``since`` until before ``until``.

    What held before ends there. Returns False when nothing had to change. Raises Refusal when a
    calendar that begins later is in the way.
    """
    pattern = db.session.get_one(ShiftPattern, pattern_id)
    offset_days %= len(pattern.cycle)
    whose = (
        ShiftAssignment.unit_id == unit_id if unit_id else ShiftAssignment.person_id == person_id
    )
    meeting = db.session.scalars(
        select(ShiftAssignment).where(
            whose,
            ShiftAssignment.starts_on < (until or date.max),
            or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > since),
        )
    ).all()
    wanted = (pattern_id, offset_days, since, until)
    if any((a.pattern_id, a.offset_days, a.starts_on, a.ends_on) == wanted for a in meeting):
        return False
    if any(known.starts_on > since for known in meeting):
        raise Refusal(
            _("A shift calendar that begins after %(day)s is already recorded.", day=since),
            field="since",
            status=422,
        )
    for known in meeting:
        _end(known, since)
    added = ShiftAssignment(
        pattern_id=pattern_id,
        unit_id=unit_id,
        person_id=person_id,
        offset_days=offset_days,
        starts_on=since,
        ends_on=until,
    )
    db.session.add(added)
    db.session.flush()
    _announce([added], had=frozenset(), has=rules.long_rests(pattern.cycle))
    audit.record("org.shifts_assigned", f"shifts:{pattern.public_id}", actor_id=actor_id)
    return True


def _end(known: ShiftAssignment, on: date) -> None:
    """End an assignment before ``on``; one that would have no day left is removed."""
    had = rules.long_rests(db.session.get_one(ShiftPattern, known.pattern_id).cycle)
    ended = ShiftAssignment(unit_id=known.unit_id, person_id=known.person_id, starts_on=on)
    _announce([ended], had=had, has=frozenset())
    if known.starts_on >= on:
        db.session.delete(known)
    else:
        known.ends_on = on
    db.session.flush()


@atomic
def end_shifts(on: date, *, unit_id: int) -> None:
    """End the calendar of a unit before ``on``, as for one that is merged into another."""
    for known in db.session.scalars(
        select(ShiftAssignment).where(
            ShiftAssignment.unit_id == unit_id,
            or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > on),
        )
    ).all():
        _end(known, on)


def _announce(
    assignments: Iterable[ShiftAssignment], *, had: frozenset[int], has: frozenset[int]
) -> None:
    """Announce which units count others now; patterns without long rests change nothing."""
    if not had and not has:
        return
    since: dict[int, date] = {}
    for assignment in assignments:
        for unit_id in _units_of(assignment):
            since[unit_id] = min(since.get(unit_id, date.max), assignment.starts_on)
    for unit_id, day in sorted(since.items()):
        announce(MembershipChanged(unit_id=unit_id, since=day))


def _units_of(assignment: ShiftAssignment) -> list[int]:
    """Return the units whose members an assignment is about: those of a person, or all below."""
    if assignment.person_id is not None:
        found = db.session.scalars(
            select(Membership.unit_id)
            .where(
                Membership.person_id == assignment.person_id,
                Membership.kind == rules.PRIMARY,
                or_(Membership.ends_on.is_(None), Membership.ends_on > assignment.starts_on),
            )
            .distinct()
        )
        return list(found)
    unit = db.session.get_one(Unit, assignment.unit_id)
    has_people = select(Membership.id).where(Membership.unit_id == Unit.id)
    return list(
        db.session.scalars(
            select(Unit.id).where(
                Unit.organisation_id == unit.organisation_id,
                Unit.path.startswith(unit.path, autoescape=True),
                has_people.exists(),
            )
        )
    )


def shift_on(person_id: int, day: date) -> str | None:
    """Return a person's shift on a day, a letter of ``rules.SHIFTS``; None without a calendar."""
    own = _assigned_on(day, ShiftAssignment.person_id == person_id)
    if own:
        return own[0][1]
    membership = primary_membership(person_id, day)
    return shift_of_unit(membership.unit_id, day) if membership else None


def shift_of_unit(unit_id: int, day: date) -> str | None:
    """Return a unit's shift on a day: by its own calendar, else by that of the nearest above."""
    path = db.session.get_one(Unit, unit_id).path
    ids = [int(part) for part in path.strip("/").split("/")]
    found = dict(_assigned_on(day, ShiftAssignment.unit_id.in_(ids)))
    nearest = rules.nearest(path, found)
    return found[nearest] if nearest else None


def _assigned_on(day: date, whose: object) -> list[tuple[int, str]]:
    """Return unit (0 for a person's own) and shift of the calendars that hold on a day."""
    rows = db.session.execute(
        select(ShiftAssignment, ShiftPattern.cycle, ShiftPattern.anchor_on)
        .join(ShiftPattern, ShiftPattern.id == ShiftAssignment.pattern_id)
        .where(
            whose,  # type: ignore[arg-type]
            ShiftAssignment.starts_on <= day,
            or_(ShiftAssignment.ends_on.is_(None), ShiftAssignment.ends_on > day),
        )
    )
    found = []
    for row in rows:
        known = row.ShiftAssignment
        place = rules.place_in_cycle(row.cycle, row.anchor_on, day, known.offset_days)
        found.append((known.unit_id or 0, row.cycle[place]))
    return found


def next_days(cycle: str, anchor_on: date, first: date, number: int) -> list[tuple[date, str]]:
    """Return the shifts of ``number`` days from ``first`` on, for showing a pattern."""
    days = [first + timedelta(days=step) for step in range(number)]
    return [(day, cycle[rules.place_in_cycle(cycle, anchor_on, day)]) for day in days]
