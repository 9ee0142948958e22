"""From the bytes of a table of absences or shifts to rows with named cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from quizapp.core.forms import Refusal

from ..roster.cells import FORMULA, cell_text
from ..roster.reading import read_grid
from .words import NEEDED, key_of, word_for, words

MAX_ROWS = 5_000
MAX_BYTES = 5 * 1024 * 1024
HEADER_WITHIN = 30
NUMBERS = {"number": "number", "unit_code": "unit_code", "shifts": "code"}


@dataclass(frozen=True)
class DutyRow:
    """A line of the table: text by column, blank ones left out; ``flaw``: what cannot be read."""

    line: int
    cells: dict[str, str]
    flaw: str = ""

    def text(self, column: str) -> str:
        """Return what a cell says; empty when it is blank or there is no such column."""
        return self.cells.get(column, "")


def read_rows(data: bytes, filename: str, kind: str, locale: str) -> list[DutyRow]:
    """Return the rows of a table of ``kind``; ``locale`` words what is missing.

    Raises Refusal for a file that cannot be read, has no row of column names, or no rows.
    """
    if len(data) > MAX_BYTES:
        raise Refusal(_("This table may have at most 5 MB."), status=413)
    grid = read_grid(data, filename)
    header, columns = _find_header(grid, kind, locale)
    rows = list(_rows(grid[header + 1 :], columns, header + 2))
    if not rows:
        raise Refusal(_("This file has column names but no rows below them."), status=422)
    if len(rows) > MAX_ROWS:
        raise Refusal(
            _("This table may have at most %(rows)s lines. Please split it.", rows=MAX_ROWS),
            status=422,
        )
    return rows


def _find_header(
    grid: Sequence[Sequence[Any]], kind: str, locale: str
) -> tuple[int, dict[str, int]]:
    """Return the place of the row of column names, and the place of each column."""
    best: dict[str, int] = {}
    for at, cells in enumerate(grid[:HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(cells):
            meaning = words().columns.get(key_of(cell)) if isinstance(cell, str) else None
            if meaning:
                columns.setdefault(meaning, place)
        if all(column in columns for column in NEEDED[kind]):
            return at, columns
        best = max(best, columns, key=len)
    missing = [word_for(column, locale) for column in NEEDED[kind] if column not in best]
    raise Refusal(
        _("The file lacks these columns: %(names)s.", names=_(", ").join(missing)), status=422
    )


def _rows(grid: Sequence[Sequence[Any]], columns: dict[str, int], first: int) -> Iterator[DutyRow]:
    for line, cells in enumerate(grid, start=first):
        found: dict[str, str] = {}
        flaw = ""
        for column, place in columns.items():
            if place < len(cells) and cells[place] not in ("", None):
                text, wrong = cell_text(cells[place], NUMBERS.get(column, column))
                found |= {column: text} if text else {}
                flaw = flaw or (_flaw(wrong) if wrong else "")
        if found:
            yield DutyRow(line, found, flaw)


def _flaw(wrong: str) -> str:
    """Return the sentence for a cell that cannot be taken as it is."""
    if wrong == FORMULA:
        return _("A cell begins with “=”. Write plain text.")
    return _("The spreadsheet changed a number in this line. Format the column as text.")
