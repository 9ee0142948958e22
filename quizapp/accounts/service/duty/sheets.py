"""Workbooks to take away: templates, and the lines that have to be mended. Every cell is text."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from flask_babel import gettext as _

from ...access import Viewer
from .files import view_duty
from .words import ABSENCES, COLUMNS, word_for

# Nothing that came from a file may be read as a formula or an address.
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_duty_template(kind: str, locale: str) -> bytes:
    """Return an empty table with the columns in the language ``locale``, and what they hold."""
    columns = [word_for(column, locale) for column in COLUMNS[kind]]
    hints = [_hints()[kind, column] for column in COLUMNS[kind]]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        as_text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        page = book.add_worksheet(str(_("To fill in")))
        page.set_column(0, len(columns) - 1, 16, as_text)
        for place, name in enumerate(columns):
            page.write_string(0, place, name, bold)
        page.freeze_panes(1, 0)
        notes = book.add_worksheet(str(_("How to fill it in")))
        notes.set_column(0, 0, 18)
        notes.set_column(1, 1, 90)
        for row, (name, hint) in enumerate(zip(columns, hints, strict=True)):
            notes.write_string(row, 0, name, bold)
            notes.write_string(row, 1, hint)
    return out.getvalue()


def _hints() -> dict[tuple[str, str], str]:
    """Return what each column is for."""
    number = _("Names the person. Written as text, so that leading zeros stay.")
    day = _("A day like 2026-11-22.")
    last = _("The last day, counted. Empty: open.")
    absences = {
        "number": number,
        "name": _("May be empty; when it is there, it has to fit the number."),
        "kind": _(
            "away: does not count, no reason is kept. lent: counts in another unit, then is back. "
            "arrived: counts in the unit from that day on."
        ),
        "since": day,
        "until": last,
        "unit_code": _("Where the person is lent to or arrives. Empty for away."),
    }
    shifts = {
        "shifts": _("Names the shift pattern."),
        "unit_code": _("Which unit works by it, with all below; or name a person instead."),
        "number": number,
        "since": day,
        "until": last,
        "offset": _("How many days this crew is ahead in the pattern. Empty: none."),
        "shifts_name": _("For a new pattern: its name."),
        "cycle": _("For a new pattern: its shifts day by day, or with their number of days."),
        "anchor": _("For a new pattern: the day on which it begins."),
    }
    return {
        (kind, column): hint
        for kind, hints in ((ABSENCES, absences), ("shifts", shifts))
        for column, hint in hints.items()
    }


def write_duty_problems(viewer: Viewer, public_id: str) -> bytes:
    """Return the lines of a table that have a problem; raise LookupError for somebody else's."""
    found = view_duty(viewer, public_id)
    rows = [
        (str(outcome.line), outcome.who, outcome.problem)
        for outcome in found.outcomes
        if outcome.problem
    ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        page = book.add_worksheet(str(_("Lines with a problem")))
        page.set_column(1, 1, 24)
        page.set_column(2, 2, 70)
        _write(page, [(_("Line"), _("Who"), _("What is wrong")), *rows])
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, rows: Sequence[Sequence[str]]) -> None:
    for at, row in enumerate(rows):
        for place, text in enumerate(row):
            page.write_string(at, place, text)
