"""What the pages of an import show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from question_bank.formats import FORMATS
from question_bank.formats.problems import Problem
from question_bank.items.building import build
from question_bank.items.draft import Draft
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.db import db

from ...models import Import, ImportRow, Item
from . import rows
from .deciding import CORRECTED, Alternative, alternatives, asked_code
from .receiving import get_import

PAGE_LENGTH = 100
LATEST = 30


@dataclass(frozen=True)
class ImportLine:
    """One import in the list of them; ``number`` counts its questions."""

    public_id: str
    filename: str
    by: str
    at: datetime
    state: str
    number: int


@dataclass(frozen=True)
class RowLine:
    """One question in the table of a dry run. ``similar`` is the number of the item it repeats."""

    position: int
    status: str
    place: str
    title: str
    problem: Problem | None
    more: int
    similar: int | None
    similar_position: int | None
    similarity: int | None


@dataclass(frozen=True)
class RowPanel:
    """One question in full: as it stands, what is open about it, what can be done."""

    line: RowLine
    draft: Draft
    problems: Sequence[Problem]
    alternatives: Sequence[Alternative]
    choice: str
    is_changed: bool
    like: int
    number_of_status: int
    total_of_status: int
    next_position: int | None
    item_public_id: str | None


@dataclass(frozen=True)
class ImportView:
    """An import as its page shows it; ``tally`` counts rows by status."""

    public_id: str
    filename: str
    state: str
    format: str
    encoding: str
    total: int
    done: int
    seconds: float
    problems: Sequence[Problem]
    tally: dict[str, int]

    @property
    def importable(self) -> int:
        """Count the questions that would be imported now."""
        return sum(self.tally.get(status, 0) for status in rows.IMPORTABLE)

    @property
    def left(self) -> int:
        """Count the questions that would not be imported now."""
        return sum(self.tally.values()) - self.importable - self.tally.get(rows.IMPORTED, 0)


def list_imports(viewer: Viewer) -> list[ImportLine]:
    """Return the latest thirty imports of the viewer's organisation, newest first."""
    found = db.session.execute(
        select(Import, Person.name)
        .join(Person, Person.id == Import.person_id)
        .where(Import.organisation_id == viewer.organisation_id)
        .order_by(Import.created_at.desc(), Import.id.desc())
        .limit(LATEST)
    )
    return [
        ImportLine(
            public_id=batch.public_id,
            filename=batch.filename,
            by=name,
            at=batch.created_at,
            state=batch.state,
            number=batch.total,
        )
        for batch, name in found
    ]


def view_import(viewer: Viewer, public_id: str) -> ImportView:
    """Return an import with its counts; raise LookupError for one of somebody else."""
    batch = get_import(viewer, public_id)
    counted = db.session.execute(
        select(ImportRow.status, func.count())
        .where(ImportRow.import_id == batch.id)
        .group_by(ImportRow.status)
    )
    return ImportView(
        public_id=batch.public_id,
        filename=batch.filename,
        state=batch.state,
        format=FORMATS[batch.format].title if batch.format in FORMATS else "",
        encoding=batch.encoding,
        total=batch.total,
        done=batch.done,
        seconds=batch.took_ms / 1000,
        problems=rows.load_problems(batch.problems),
        tally={status: number for status, number in counted},
    )


def list_rows(
    viewer: Viewer, public_id: str, *, status: str = "", after: int = 0
) -> tuple[list[RowLine], int | None]:
    """Return up to a hundred rows after a position, of one status when it is named; and the next.

    The second value is the position to go on after, None at the end.
    """
    batch = get_import(viewer, public_id)
    statement = (
        select(ImportRow)
        .where(ImportRow.import_id == batch.id, ImportRow.position > after)
        .order_by(ImportRow.position)
        .limit(PAGE_LENGTH + 1)
    )
    if status:
        statement = statement.where(ImportRow.status == status)
    found = db.session.scalars(statement).all()
    more = found[PAGE_LENGTH - 1].position if len(found) > PAGE_LENGTH else None
    return [_line(row) for row in found[:PAGE_LENGTH]], more


def _line(row: ImportRow) -> RowLine:
    problems = _standing(row)
    order = ("error", "decision", "fix", "warning")
    first = min(problems, key=lambda one: order.index(one.severity), default=None)
    return RowLine(
        position=row.position,
        status=row.status,
        place=row.place,
        title=row.title,
        problem=first,
        more=max(0, len(problems) - 1),
        similar=row.similar_id,
        similar_position=row.similar_position,
        similarity=row.similarity,
    )


def _standing(row: ImportRow) -> list[Problem]:
    """Return what is to be said about a row now; a corrected draft is judged anew."""
    if row.choice != CORRECTED:
        return rows.load_problems(row.problems)
    return list(build(rows.load(row.question).draft, "import").problems)


def view_row(viewer: Viewer, public_id: str, position: int) -> RowPanel:
    """Return a row in full; raise LookupError when there is none."""
    batch = get_import(viewer, public_id)
    row = db.session.get(ImportRow, (batch.id, position))
    if row is None:
        raise LookupError(f"row {position}")
    content = rows.load(row.question)
    problems = _standing(row)
    beside = (ImportRow.import_id == batch.id, ImportRow.status == row.status)
    place, total, following = db.session.execute(
        select(
            func.count().filter(ImportRow.position <= position),
            func.count(),
            func.min(ImportRow.position).filter(ImportRow.position > position),
        ).where(*beside)
    ).one()
    asked = asked_code(problems) if row.status == rows.DECISION else ""
    similar = db.session.get(Item, row.similar_id) if row.similar_id else None
    return RowPanel(
        line=_line(row),
        draft=content.draft,
        problems=problems,
        alternatives=alternatives(content.draft, problems) if row.status == rows.DECISION else (),
        choice=row.choice,
        is_changed=content.read is not None or bool(row.choice),
        like=_count_like(batch.id, asked) if asked else 0,
        number_of_status=place,
        total_of_status=total,
        next_position=following,
        item_public_id=similar.public_id if similar else None,
    )


def _count_like(import_id: int, asked: str) -> int:
    """Count the other rows that wait for the same decision."""
    waiting = db.session.scalars(
        select(ImportRow.problems).where(
            ImportRow.import_id == import_id, ImportRow.status == rows.DECISION
        )
    )
    return sum(asked_code(rows.load_problems(problems)) == asked for problems in waiting) - 1


def find_open_position(viewer: Viewer, public_id: str) -> int | None:
    """Return the row to look at first: one to decide, else refused, repeated, or simply the first.

    None when there are no rows.
    """
    batch = get_import(viewer, public_id)
    found = db.session.execute(
        select(ImportRow.status, func.min(ImportRow.position))
        .where(ImportRow.import_id == batch.id)
        .group_by(ImportRow.status)
    )
    first = {status: position for status, position in found}
    for status in (rows.DECISION, rows.REFUSED, rows.DUPLICATE):
        if status in first:
            return first[status]
    return min(first.values(), default=None)


def find_next_decision(viewer: Viewer, public_id: str) -> int | None:
    """Return the first row that waits for a decision; None when there is none."""
    batch = get_import(viewer, public_id)
    return db.session.scalar(
        select(func.min(ImportRow.position)).where(
            ImportRow.import_id == batch.id, ImportRow.status == rows.DECISION
        )
    )
