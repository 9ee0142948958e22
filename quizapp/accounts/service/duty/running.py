"""What a line of absences or shifts does: the same steps for a dry run and for the import."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.core.db import atomic, db, savepoint
from quizapp.core.forms import Refusal
from quizapp.core.i18n import format_short_day
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.service import UnitLine

from ...access import Viewer
from ...models import Person
from ...permissions import Permission
from ..roster.cells import read_day
from .reading import DutyRow
from .words import ABSENCES, key_of, read_cycle, words

MANAGE = Permission.MANAGE_PEOPLE


@dataclass(frozen=True)
class Outcome:
    """What becomes of a line: ``what`` it does, or the ``problem`` that keeps the file out."""

    line: int
    who: str
    what: str
    problem: str
    is_changed: bool


class _Undo(Exception):
    """Ends a rehearsal: everything it wrote is taken back."""


def rehearse(viewer: Viewer, kind: str, rows: Iterable[DutyRow]) -> list[Outcome]:
    """Do all of it and take it back; return what each line would do. Belongs into a command."""
    outcomes: list[Outcome] = []
    with suppress(_Undo), savepoint():
        outcomes += perform(viewer, kind, rows)
        raise _Undo
    db.session.expire_all()
    return outcomes


def perform(viewer: Viewer, kind: str, rows: Iterable[DutyRow]) -> list[Outcome]:
    """Do what each line says, in their order; a line that cannot be done changes nothing."""
    step = _absence if kind == ABSENCES else _shift
    return [_one(viewer, row, step) for row in rows]


def _one(viewer: Viewer, row: DutyRow, step: object) -> Outcome:
    who = " ".join(filter(None, (row.text("name"), row.text("number") or row.text("unit_code"))))
    try:
        if row.flaw:
            raise Refusal(row.flaw)
        with savepoint():
            what = step(viewer, row)  # type: ignore[operator]
    except Refusal as refusal:
        return Outcome(row.line, who, "", refusal.message, is_changed=False)
    return Outcome(row.line, who, what or _("Recorded already"), "", is_changed=bool(what))


# -- absences, secondments, arrivals


def _absence(viewer: Viewer, row: DutyRow) -> str:
    """Do a line of absences; return what it did, or nothing when it was recorded already."""
    kind = words().kinds.get(key_of(row.text("kind")))
    if kind is None:
        raise Refusal(_("“%(word)s” is no kind of entry.", word=row.text("kind")))
    person = _person(viewer, row)
    since = _day(row, "since")
    until = _after(row, since)
    if kind == "away":
        return _away(person, since, until)
    unit = _unit(viewer, row)
    if kind == "lent":
        if until is None:
            raise Refusal(_("A secondment needs its last day."))
        if org.unit_on(person.id, since) == unit.id:
            return ""
        org.lend(person.id, unit.id, since, until)
        return _(
            "In %(unit)s from %(first)s to %(last)s, then back",
            unit=unit.name,
            first=format_short_day(since),
            last=format_short_day(until - timedelta(days=1)),
        )
    joined = org.join_unit(person.id, unit.id, since, until)
    return (
        _("Counts in %(unit)s from %(first)s on", unit=unit.name, first=format_short_day(since))
        if joined
        else ""
    )


def _away(person: Person, since: date, until: date | None) -> str:
    if org.covers_absence(person.id, since, until):
        return ""
    org.record_absence(person.id, since, until)
    if until is None:
        return _("Does not count from %(first)s on", first=format_short_day(since))
    return _(
        "Does not count from %(first)s to %(last)s",
        first=format_short_day(since),
        last=format_short_day(until - timedelta(days=1)),
    )


def _person(viewer: Viewer, row: DutyRow) -> Person:
    """Return the person of a line, who is in the viewer's scope today or from its day on."""
    number = row.text("number")
    if not number:
        raise Refusal(_("The employee number is missing."))
    person = db.session.scalar(
        select(Person).where(
            Person.organisation_id == viewer.organisation_id,
            Person.number_key == org_rules.normal_number(number),
        )
    )
    days = (org.today(viewer.organisation_id), read_day(row.text("since")))
    units = [org.unit_on(person.id, day) for day in days if day] if person else []
    lines = org.get_units(unit for unit in units if unit)
    if person is None or not any(viewer.covers(MANAGE, line.path) for line in lines.values()):
        raise Refusal(_("Nobody in your scope has the number %(number)s.", number=number))
    name = org_rules.normal_name(row.text("name"))
    if name and name != person.name:
        raise Refusal(
            _("The number %(number)s belongs to %(name)s.", number=number, name=person.name)
        )
    return person


def _unit(viewer: Viewer, row: DutyRow) -> UnitLine:
    code = row.text("unit_code")
    if not code:
        raise Refusal(_("The unit code is missing."))
    unit = org.find_unit_by_code(viewer.organisation_id, org_rules.normal_name(code))
    if unit is None or not unit.is_active or not viewer.covers(MANAGE, unit.path):
        raise Refusal(_("No open unit of your scope has the code %(code)s.", code=code))
    return unit


def _day(row: DutyRow, column: str) -> date:
    text = row.text(column)
    if not text:
        raise Refusal(_("The first day is missing."))
    day = read_day(text)
    if day is None:
        raise Refusal(_("“%(text)s” cannot be read as a day. Write it like 2026-11-22.", text=text))
    return day


def _after(row: DutyRow, since: date) -> date | None:
    """Return the day after the last one that a line names; None when it is open."""
    if not row.text("until"):
        return None
    last = _day(row, "until")
    if last < since:
        raise Refusal(_("The last day lies before the first."))
    return last + timedelta(days=1)


# -- shift calendars


def _shift(viewer: Viewer, row: DutyRow) -> str:
    """Do a line of shifts: write a pattern, assign it, or both; return what it did."""
    code = row.text("shifts")
    if not code:
        raise Refusal(_("The code of the shift pattern is missing."))
    done = [_pattern(viewer, row, code)] if row.text("cycle") else []
    pattern = org.find_pattern(viewer.organisation_id, code)
    if pattern is None:
        raise Refusal(_("There is no shift pattern %(code)s.", code=code))
    if row.text("unit_code") or row.text("number"):
        done.append(_assign(viewer, row, pattern))
    return _("; ").join(filter(None, done))


def _pattern(viewer: Viewer, row: DutyRow, code: str) -> str:
    """Write the pattern of a line; what is known already in this form says nothing."""
    cycle = read_cycle(row.text("cycle"))
    if cycle is None:
        raise Refusal(
            _(
                "“%(text)s” is no pattern of shifts. Write the shifts one by one, or with their "
                "number of days.",
                text=row.text("cycle"),
            )
        )
    anchor = read_day(row.text("anchor"))
    if anchor is None:
        raise Refusal(_("The day on which the pattern begins is missing, or cannot be read."))
    return write_pattern(
        viewer, code=code, name=row.text("shifts_name") or code, cycle=cycle, anchor_on=anchor
    )


@atomic
def write_pattern(viewer: Viewer, *, code: str, name: str, cycle: str, anchor_on: date) -> str:
    """Write a pattern and say so; empty when it is known in this form already.

    Patterns are shared, so only who administers the whole organisation may write them.
    """
    known = org.find_pattern(viewer.organisation_id, code)
    if known and (known.name, known.cycle, known.anchor_on) == (name, cycle, anchor_on):
        return ""
    if not viewer.covers(MANAGE, org.root_path(viewer.organisation_id)):
        raise Refusal(_("Shift patterns are written by who administers the whole organisation."))
    org.set_pattern(
        viewer.id, viewer.organisation_id, code=code, name=name, cycle=cycle, anchor_on=anchor_on
    )
    return _("Pattern %(code)s is written", code=code)


def _assign(viewer: Viewer, row: DutyRow, pattern: org.PatternLine) -> str:
    since = _day(row, "since")
    until = _after(row, since)
    offset = row.text("offset") or "0"
    if not offset.lstrip("-").isdecimal() or len(offset) > 4:
        raise Refusal(_("“%(text)s” is no number of days.", text=offset))
    if row.text("unit_code") and row.text("number"):
        raise Refusal(_("Name either a unit or a person in this line."))
    unit = _unit(viewer, row) if row.text("unit_code") else None
    person = None if unit else _person(viewer, row)
    is_new = org.assign_shifts(
        viewer.id,
        pattern.id,
        unit_id=unit.id if unit else None,
        person_id=person.id if person else None,
        since=since,
        until=until,
        offset_days=int(offset),
    )
    whose = unit.name if unit else person.name if person else ""
    return (
        _(
            "%(who)s works by %(code)s from %(first)s on",
            who=whose,
            code=pattern.code,
            first=format_short_day(since),
        )
        if is_new
        else ""
    )
