"""The list of a course as a workbook. Every cell is text: a name is never read as a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping

import xlsxwriter
from flask_babel import gettext as _

from quizapp.accounts.access import Viewer
from quizapp.core.db import atomic

from .people import Asked, list_all, log_reading

WIDTHS = (14, 14, 24, 12, 14, 14)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@atomic
def write_list(viewer: Viewer, course_id: str, asked: Asked, words: Mapping[str, str]) -> bytes:
    """Return who holds the certificate of a course as a workbook; the reading is logged.

    ``words`` say where people stand. Raises LookupError for others' courses, and Refusal when the
    list is too long for one file.
    """
    log_reading(viewer, course_id, "file", asked.unit_id)
    edition, lines = list_all(viewer, course_id, asked)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        as_text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        page = book.add_worksheet(str(_("Certificates")))
        page.write_string(0, 0, edition.title, bold)
        head = (
            _("Employee number"),
            _("Name"),
            _("Unit"),
            _("State"),
            _("Passed on"),
            _("Valid until"),
        )
        for place, (text, width) in enumerate(zip(head, WIDTHS, strict=True)):
            page.set_column(place, place, width, as_text)
            page.write_string(1, place, text, bold)
        page.freeze_panes(2, 0)
        for row, line in enumerate(lines, start=2):
            cells = (
                line.employee_number,
                line.name,
                line.unit_name,
                words[line.where],
                line.passed_on.isoformat() if line.passed_on else "",
                line.valid_until.isoformat() if line.valid_until else "",
            )
            for place, cell in enumerate(cells):
                page.write_string(row, place, cell, as_text)
    return out.getvalue()
