"""Workbooks to take away: the template of a roster, and the lines that have to be mended."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.worksheet import Worksheet

from ....access import Viewer
from ..words import template_columns
from .viewing import RowView, list_problems

WIDTHS = {"number": 14, "unit_path": 38, "parent": 18}
USUAL_WIDTH = 16


def write_template(locale: str) -> bytes:
    """Return an empty roster with the columns in the language ``locale``, and what they hold."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        as_text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        people = book.add_worksheet(str(_("People")))
        columns = template_columns(locale)
        for place, (field, name) in enumerate(columns):
            people.set_column(place, place, WIDTHS.get(field, USUAL_WIDTH), as_text)
            people.write_string(0, place, name, bold)
        people.freeze_panes(1, 0)
        notes = book.add_worksheet(str(_("How to fill it in")))
        notes.set_column(0, 0, 18)
        notes.set_column(1, 1, 80)
        for row, (field, name) in enumerate(columns):
            notes.write_string(row, 0, name, bold)
            notes.write_string(row, 1, _column_hints()[field])
    return out.getvalue()


def _column_hints() -> dict[str, str]:
    """Return what each column of the template is for."""
    return {
        "number": _("Names the person. Needed. Written as text, so that leading zeros stay."),
        "name": _("Needed."),
        "post": _("May be empty."),
        "unit_path": _(
            "The unit from the top down, parted by “/”. A path that is not known becomes new units."
        ),
        "since": _("First day in the unit, like 2026-11-22. Empty: from the day of the import."),
        "until": _("Last day in the unit, counted. Empty: open."),
        "state": _("on duty, away, or closed. Empty: as it is."),
        "role": _("team leader or administrator. Empty: none is added."),
    }


def write_problems(viewer: Viewer, public_id: str) -> bytes:
    """Return the lines with a problem as a workbook, each with its reasons, to mend and upload.

    Every cell is text: nothing that came from a file may be read as a formula.
    """
    file, rows = list_problems(viewer, public_id)
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        as_text = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for number, (sheet, columns) in enumerate(file.summary.columns.items(), start=1):
            mine = [row for row in rows if row.sheet == sheet]
            if mine:
                page = book.add_worksheet(str(_("Problems %(number)s", number=number)))
                page.set_column(0, 0, 8)
                page.set_column(1, 1, 60, wrapped)
                page.set_column(2, 1 + len(columns), USUAL_WIDTH, as_text)
                _write_rows(page, columns, mine)
        if not book.worksheets():
            book.add_worksheet(str(_("No problems")))
    return out.getvalue()


def _write_rows(page: Worksheet, columns: Sequence[str], rows: Iterable[RowView]) -> None:
    head = [_("Line in the file"), _("What is wrong"), *columns]
    for place, text in enumerate(head):
        page.write_string(0, place, text)
    for at, row in enumerate(rows, start=1):
        page.write_string(at, 0, str(row.line))
        page.write_string(at, 1, "\n".join(_reasons(row)))
        texts = {cell.column: cell.text for cell in row.cells}
        for place, column in enumerate(columns, start=2):
            if texts.get(column):
                page.write_string(at, place, texts[column])


def _reasons(row: RowView) -> list[str]:
    reasons = [
        f"{note.cell}: {note.text}" if note.cell else note.text
        for note in row.notes
        if note.severity == "error"
    ]
    if row.see:
        reasons.append(_("Line %(line)s of the same person has a problem.", line=row.see))
    return reasons
