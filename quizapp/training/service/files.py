"""Results from paper as a file: read, checked row by row as a dry run, then entered at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from quizapp.accounts.access import Viewer
from quizapp.accounts.service.roster.cells import cell_text, read_day
from quizapp.accounts.service.roster.reading import read_grid
from quizapp.accounts.service.roster.words import word_key
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from ..models import Course, Edition, ResultFile
from . import paper
from .fetching import fetch_course, published
from .paper import Entry, Judged

WORDS = Path(__file__).with_name("words.toml")
MAX_ROWS = 2000
MAX_MEGABYTES = 2
HEADER_WITHIN = 10
KEPT = timedelta(days=7)
NEEDED = ("number", "result", "day")


@dataclass(frozen=True)
class FileView:
    """A file of results and what would become of each of its rows, checked just now."""

    public_id: str
    course_id: str
    title: str
    filename: str
    state: str
    entered: int
    rows: list[tuple[int, Judged]]

    @property
    def problems(self) -> int:
        """Return how many rows cannot be entered."""
        return sum(bool(one.problem) for _line, one in self.rows)

    @property
    def ready(self) -> int:
        """Return how many rows would be entered."""
        return sum(not one.problem and one.state == paper.READY for _line, one in self.rows)


@cache
def _words() -> dict[str, dict[str, str]]:
    with WORDS.open("rb") as file:
        return {
            part: {word_key(word): meaning for meaning, words in lists.items() for word in words}
            for part, lists in tomllib.load(file).items()
        }


@atomic
def receive(viewer: Viewer, course_id: str, filename: str, data: bytes) -> str:
    """Keep the rows of a file for its dry run and return its public id.

    Raises Refusal for what is no table of results. Earlier files that were not entered go.
    """
    edition = paper.edition_of(viewer, course_id)
    rows = list(_read(data, filename))
    db.session.execute(
        delete(ResultFile).where(ResultFile.person_id == viewer.id, ResultFile.state == "ready")
    )
    kept = ResultFile(
        edition_id=edition.id,
        person_id=viewer.id,
        filename=PurePath(filename).name[:160],
        rows=json.dumps(rows, ensure_ascii=False),
    )
    db.session.add(kept)
    db.session.flush()
    return kept.public_id


def _read(data: bytes, filename: str) -> Iterator[list[Any]]:
    """Yield (line, number, name, result, day) of every row, all of it text."""
    grid = read_grid(data, filename)
    at, columns = _header(grid)
    read = 0
    for line, cells in enumerate(grid[at + 1 :], start=at + 2):
        values = {
            name: cell_text(cells[place], name)[0] if place < len(cells) else ""
            for name, place in columns.items()
        }
        if not any(values.values()):
            continue
        read += 1
        if read > MAX_ROWS:
            raise Refusal(
                _("A file of results has at most %(number)s rows.", number=MAX_ROWS), status=422
            )
        yield [line, *(values.get(name, "") for name in ("number", "name", "result", "day"))]
    if not read:
        raise Refusal(_("This file has column names but no rows below them."), status=422)


def _header(grid: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Return the row of column names and the place of each column; raise Refusal without one."""
    for at, cells in enumerate(grid[:HEADER_WITHIN]):
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            meaning = _words()["columns"].get(word_key(cell) if isinstance(cell, str) else "")
            if meaning:
                found.setdefault(meaning, place)
        if all(name in found for name in NEEDED):
            return at, found
    raise Refusal(
        _("No row of column names was found. It has “employee number”, “result” and “date”."),
        status=422,
    )


def _entry(row: list[Any]) -> Entry:
    _line, number, name, result, day = row
    said = {"passed": True, "not_passed": False}.get(_words()["results"].get(word_key(result), ""))
    return Entry(number[:40], read_day(day), said, name[:80])


def view_file(viewer: Viewer, public_id: str) -> FileView:
    """Return the viewer's own file with every row judged anew; raise LookupError for any other."""
    kept, edition, course = _fetch(viewer, public_id)
    rows = json.loads(kept.rows)
    judged = paper.judge(viewer, edition, [_entry(row) for row in rows])
    return FileView(
        public_id=kept.public_id,
        course_id=course.public_id,
        title=edition.title,
        filename=kept.filename,
        state=kept.state,
        entered=kept.entered,
        rows=[(row[0], one) for row, one in zip(rows, judged, strict=True)],
    )


def _fetch(viewer: Viewer, public_id: str) -> tuple[ResultFile, Edition, Course]:
    row = db.session.execute(
        select(ResultFile, Edition, Course.public_id)
        .join(Edition, Edition.id == ResultFile.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(ResultFile.public_id == public_id, ResultFile.person_id == viewer.id)
    ).first()
    if row is None:
        raise LookupError(f"result file {public_id}")
    return row[0], row[1], fetch_course(viewer, row[2])


@atomic
def apply_file(viewer: Viewer, public_id: str) -> int:
    """Enter the rows of a file that have no problem, and return how many were new.

    Once: a second call finds the file entered. Raises LookupError for others' files and Refusal
    when there is nothing to enter, or when the edition was closed meanwhile.
    """
    kept, edition, course = _fetch(viewer, public_id)
    current = published(course.id)
    if current is None or current.id != edition.id:
        raise Refusal(_("A new edition was published meanwhile. Upload the file again."))
    judged = paper.judge(viewer, edition, [_entry(row) for row in json.loads(kept.rows)])
    ready = [one.entry for one in judged if not one.problem and one.state == paper.READY]
    if not _move(kept, "applied", len(ready)):
        return 0
    if not ready:
        raise Refusal(_("There is nothing to enter in this file."))
    entered = paper.enter_into(viewer, edition, ready)
    audit.record(
        "training.results_file_entered",
        f"course:{course.public_id}",
        actor_id=viewer.id,
        file=kept.filename,
        entered=entered,
    )
    return entered


def _move(kept: ResultFile, state: str, entered: int) -> bool:
    """Take a file that is ready to its end, exactly once, and forget its rows."""
    moved = db.session.execute(
        update(ResultFile)
        .where(ResultFile.id == kept.id, ResultFile.state == "ready")
        .values(state=state, entered=entered, rows="[]")
        .execution_options(synchronize_session=False)
    )
    db.session.expire(kept)
    return bool(moved.rowcount)  # type: ignore[attr-defined]


@atomic
def cancel(viewer: Viewer, public_id: str) -> None:
    """Put a file away; nothing of it is entered. Raises LookupError for others' files."""
    kept, _edition, _course = _fetch(viewer, public_id)
    _move(kept, "cancelled", 0)


@atomic
def forget_old() -> int:
    """Delete files that nobody entered for a week; count them."""
    gone = db.session.execute(
        delete(ResultFile).where(
            ResultFile.state == "ready",
            ResultFile.created_at < clock.now() - KEPT,
        )
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
