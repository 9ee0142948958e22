"""What the pages of a roster show. Statements do not grow with the lines of the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from quizapp.core import i18n, jobs
from quizapp.core.db import db
from quizapp.org import service as org

from ....access import Viewer
from ....models import RosterFile, RosterRow
from ..describing import PROBLEM, RESULTS, Cell, Change, Note
from .applying import progress_name
from .stored import APPLYING, READY, Summary, get_file, load_summary

PAGE_LENGTH = 100
LATEST = 30
FLAGGED = "flagged"  # a filter beside the results: lines that are worth a look
FILTERS = (*RESULTS, FLAGGED)


@dataclass(frozen=True)
class FileLine:
    """One file in the list of the viewer's latest."""

    public_id: str
    filename: str
    state: str
    total: int
    at: datetime


@dataclass(frozen=True)
class FileView:
    """A file as its page shows it.

    ``tally`` counts lines by result, ``flagged`` those that are worth a look, ``total`` all.
    ``done`` of ``to_write`` people are written while it is applied. A dry run that is not of today
    has to be made anew; one in another language can be.
    """

    public_id: str
    filename: str
    state: str
    is_of_today: bool
    is_in_own_language: bool
    total: int
    done: int
    to_write: int
    seconds: float
    tally: dict[str, int]
    flagged: int
    summary: Summary
    applied_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Tell whether it can be applied now."""
        is_open = self.state == READY and self.is_of_today
        return is_open and not self.summary.errors and self.summary.changes > 0


@dataclass(frozen=True)
class RowView:
    """A line in the table of a dry run."""

    position: int
    sheet: str
    line: int
    result: str
    is_unit: bool
    is_flagged: bool
    number: str
    name: str
    changes: Sequence[Change]
    notes: Sequence[Note]
    cells: Sequence[Cell]
    see: int

    @property
    def problem(self) -> Note | None:
        """Return what matters most of what is said: an error, else a warning."""
        found = [note for note in self.notes if note.severity == "error"]
        found += [note for note in self.notes if note.severity == "warning"]
        return found[0] if found else None


@dataclass(frozen=True)
class Panel:
    """One line in full, and its place among those of its result."""

    row: RowView
    place: int
    of: int


def list_files(viewer: Viewer) -> list[FileLine]:
    """Return the latest thirty files of the viewer, newest first."""
    found = db.session.scalars(
        select(RosterFile)
        .where(
            RosterFile.person_id == viewer.id, RosterFile.organisation_id == viewer.organisation_id
        )
        .order_by(RosterFile.created_at.desc(), RosterFile.id.desc())
        .limit(LATEST)
    )
    return [
        FileLine(file.public_id, file.filename, file.state, file.total, file.created_at)
        for file in found
    ]


def view_file(viewer: Viewer, public_id: str) -> FileView:
    """Return a file with its counts; raise LookupError for somebody else's."""
    file = get_file(viewer, public_id)
    counted = db.session.execute(
        select(RosterRow.result, RosterRow.is_flagged, func.count())
        .where(RosterRow.file_id == file.id)
        .group_by(RosterRow.result, RosterRow.is_flagged)
    ).all()
    tally = dict.fromkeys(RESULTS, 0)
    for result, _is_flagged, number in counted:
        tally[result] += number
    done, to_write = (0, 0)
    if file.state == APPLYING:
        done, to_write = jobs.progress_of(progress_name(public_id))
    return FileView(
        public_id=file.public_id,
        filename=file.filename,
        state=file.state,
        is_of_today=file.planned_on == org.today(file.organisation_id),
        is_in_own_language=file.locale == i18n.chosen_locale(),
        total=file.total,
        done=done,
        to_write=to_write,
        seconds=file.took_ms / 1000,
        tally={result: number for result, number in tally.items() if number},
        flagged=sum(number for _result, is_flagged, number in counted if is_flagged),
        summary=load_summary(file),
        applied_at=file.applied_at,
    )


def _matching(file_id: int, kind: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter; an unknown or empty one lets everything through."""
    conditions = [RosterRow.file_id == file_id]
    if kind == FLAGGED:
        conditions.append(RosterRow.is_flagged.is_(True))
    elif kind in RESULTS:
        conditions.append(RosterRow.result == kind)
    return conditions


def list_rows(
    viewer: Viewer, public_id: str, *, kind: str = "", after: int = 0
) -> tuple[list[RowView], int | None]:
    """Return up to a hundred lines after a position, of one filter; and where the next page begins.

    The second value is the position to go on after, None at the end.
    """
    file = get_file(viewer, public_id)
    found = db.session.scalars(
        select(RosterRow)
        .where(*_matching(file.id, kind), RosterRow.position > after)
        .order_by(RosterRow.position)
        .limit(PAGE_LENGTH + 1)
    ).all()
    more = found[PAGE_LENGTH - 1].position if len(found) > PAGE_LENGTH else None
    return [_view(row) for row in found[:PAGE_LENGTH]], more


def _view(row: RosterRow) -> RowView:
    content = json.loads(row.content)
    return RowView(
        position=row.position,
        sheet=row.sheet,
        line=row.line,
        result=row.result,
        is_unit=row.is_unit,
        is_flagged=row.is_flagged,
        number=row.number,
        name=row.name,
        changes=[Change(*one) for one in content["changes"]],
        notes=[Note(*one) for one in content["notes"]],
        cells=[Cell(*one) for one in content["cells"]],
        see=content["see"],
    )


def view_row(viewer: Viewer, public_id: str, position: int) -> Panel:
    """Return a line in full; raise LookupError when there is none."""
    file = get_file(viewer, public_id)
    row = db.session.get(RosterRow, (file.id, position))
    if row is None:
        raise LookupError(f"line {position}")
    place, of = db.session.execute(
        select(
            func.count().filter(RosterRow.position <= position),
            func.count(),
        ).where(RosterRow.file_id == file.id, RosterRow.result == row.result)
    ).one()
    return Panel(_view(row), place, of)


def list_problems(viewer: Viewer, public_id: str) -> tuple[FileView, list[RowView]]:
    """Return a file and all of its lines that keep it from being imported."""
    file = get_file(viewer, public_id)
    found = db.session.scalars(
        select(RosterRow)
        .where(RosterRow.file_id == file.id, RosterRow.result == PROBLEM)
        .order_by(RosterRow.position)
    )
    return view_file(viewer, public_id), [_view(row) for row in found]
