"""The desk of absences and shifts: take a table in, rehearse it, look at it, apply it or drop it.

A table belongs to whoever uploaded it; applied or put away, its lines are deleted.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import PurePath

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from quizapp.core import audit, clock, i18n
from quizapp.core.db import atomic, db, savepoint
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from ...access import Viewer
from ...models import DutyFile, Person
from .reading import DutyRow, read_rows
from .running import MANAGE, Outcome, perform, rehearse
from .words import ABSENCES

MOST_ABSENCES = 200
MAX_FILENAME = 160


@dataclass(frozen=True)
class DutyView:
    """A table and what its lines would do, or did; ``state`` is ready, applied or cancelled."""

    public_id: str
    kind: str
    filename: str
    state: str
    at: datetime
    outcomes: list[Outcome]
    problems: int
    changes: int


@dataclass(frozen=True)
class AbsenceRow:
    """An absence on the desk; ``until`` is the first day on which the person counts again."""

    id: int
    name: str
    employee_number: str
    since: date
    until: date | None


class _Refused(Exception):
    """Takes an import back in which a line could not be done."""


@atomic
def receive_duty(viewer: Viewer, kind: str, filename: str, data: bytes) -> str:
    """Take a table in, rehearse it, and return its public id; raise Refusal for what is none."""
    rows = read_rows(data, filename, kind, i18n.chosen_locale())
    file = DutyFile(
        organisation_id=viewer.organisation_id,
        person_id=viewer.id,
        kind=kind,
        filename=PurePath(filename).name[:MAX_FILENAME],
        content=json.dumps([asdict(row) for row in rows], ensure_ascii=False),
        outcomes=_dumped(rehearse(viewer, kind, rows)),
    )
    db.session.add(file)
    db.session.flush()
    return file.public_id


def _dumped(outcomes: list[Outcome]) -> str:
    return json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False)


def view_duty(viewer: Viewer, public_id: str) -> DutyView:
    """Return a table of the viewer's own; raise LookupError for any other."""
    file = _fetch(viewer, public_id)
    outcomes = [Outcome(**known) for known in json.loads(file.outcomes)]
    return DutyView(
        public_id=file.public_id,
        kind=file.kind,
        filename=file.filename,
        state=file.state,
        at=file.moved_at,
        outcomes=outcomes,
        problems=sum(bool(outcome.problem) for outcome in outcomes),
        changes=sum(outcome.is_changed for outcome in outcomes),
    )


def _fetch(viewer: Viewer, public_id: str, *, is_locked: bool = False) -> DutyFile:
    statement = select(DutyFile).where(
        DutyFile.public_id == public_id, DutyFile.person_id == viewer.id
    )
    file = db.session.scalar(statement.with_for_update() if is_locked else statement)
    if file is None:
        raise LookupError(f"duty file {public_id}")
    return file


@atomic
def apply_duty(viewer: Viewer, public_id: str) -> None:
    """Do what a table says, all of it or nothing; a second tap changes nothing.

    Raises LookupError for somebody else's table. When a line cannot be done, its page says why.
    """
    file = _fetch(viewer, public_id, is_locked=True)
    if file.state != "ready":
        return
    rows = [DutyRow(**known) for known in json.loads(file.content)]
    outcomes: list[Outcome] = []
    try:
        with savepoint():
            outcomes = perform(viewer, file.kind, rows)
            if any(outcome.problem for outcome in outcomes):
                raise _Refused
    except _Refused:
        db.session.refresh(file)
        file.outcomes = _dumped(outcomes)
        return
    file.outcomes = _dumped(outcomes)
    _move(file, "applied")
    audit.record(
        "people.duty_imported",
        f"duty:{public_id}",
        actor_id=viewer.id,
        kind=file.kind,
        changes=sum(outcome.is_changed for outcome in outcomes),
    )


@atomic
def cancel_duty(viewer: Viewer, public_id: str) -> None:
    """Put a table away that was not applied; raise LookupError for somebody else's."""
    file = _fetch(viewer, public_id, is_locked=True)
    if file.state == "ready":
        file.outcomes = "[]"
        _move(file, "cancelled")


def _move(file: DutyFile, state: str) -> None:
    file.state, file.content, file.moved_at = state, "[]", clock.now()


@atomic
def record_duty(viewer: Viewer, kind: str, cells: dict[str, str]) -> str:
    """Do a single line from a form and say what it did; raise Refusal when it cannot be done."""
    outcome = perform(viewer, kind, [DutyRow(1, {k: v for k, v in cells.items() if v})])[0]
    if outcome.problem:
        raise Refusal(outcome.problem, status=422)
    audit.record(
        "people.duty_recorded",
        f"organisation:{viewer.organisation_id}",
        actor_id=viewer.id,
        kind=kind,
    )
    return outcome.what


def list_absences(viewer: Viewer) -> list[AbsenceRow]:
    """Return absences of the viewer's scope that hold today or begin later, in their order."""
    today = org.today(viewer.organisation_id)
    found = {
        line.id: line
        for path in viewer.scope_paths(MANAGE)
        for line in org.list_absences(
            viewer.organisation_id, today, below=path, limit=MOST_ABSENCES
        )
    }
    people = {
        person.id: person
        for person in db.session.scalars(
            select(Person).where(Person.id.in_({line.person_id for line in found.values()}))
        )
    }
    lines = sorted(found.values(), key=lambda line: (line.since, line.id))
    return [
        AbsenceRow(
            line.id,
            people[line.person_id].name,
            people[line.person_id].employee_number,
            line.since,
            line.until,
        )
        for line in lines[:MOST_ABSENCES]
    ]


@atomic
def remove_absence(viewer: Viewer, absence_id: int) -> None:
    """Take back an absence of somebody in the viewer's scope; raise LookupError for any other."""
    line = org.find_absence(absence_id)
    today = org.today(viewer.organisation_id)
    unit_id = org.unit_on(line.person_id, today) if line else None
    unit = org.get_units([unit_id]).get(unit_id) if unit_id else None
    if unit is None or not viewer.covers(MANAGE, unit.path):
        raise LookupError(f"absence {absence_id}")
    org.remove_absence(absence_id)
    audit.record("people.absence_removed", f"absence:{absence_id}", actor_id=viewer.id)


def problem_words(number: int) -> str:
    """Return what is said above a table in which lines have a problem."""
    return ngettext(
        "%(num)s line has a problem. All of a file is imported or nothing: mend it and upload it "
        "again.",
        "%(num)s lines have a problem. All of a file is imported or nothing: mend them and upload "
        "the file again.",
        number,
    )


def kind_words(kind: str) -> str:
    """Return what a kind of table is called."""
    return _("Absences and arrivals") if kind == ABSENCES else _("Shift calendars")
