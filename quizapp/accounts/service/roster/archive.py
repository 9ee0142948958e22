"""Looking through a workbook before anything opens it, worded for whoever uploads a roster."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.formats.archives import ArchiveError
from question_bank.formats.workbooks import check_workbook as look_through
from quizapp.core.forms import Refusal

MAX_ROWS = 200_000
MAX_COLUMNS = 60
HEADER_WITHIN = 30  # rows at the top among which the row of column names lies


def damaged() -> Refusal:
    """Return the refusal of a file that cannot be opened."""
    return Refusal(
        _("This file is damaged or is no Excel workbook. Save it again as .xlsx."), status=422
    )


def too_many_rows() -> Refusal:
    """Return the refusal of a file that is too long."""
    return Refusal(
        _("A roster has at most %(rows)s rows. Please split the file.", rows=MAX_ROWS), status=422
    )


def too_many_columns() -> Refusal:
    """Return the refusal of a file that is too wide."""
    return Refusal(_("A roster has at most %(columns)s columns.", columns=MAX_COLUMNS), status=422)


def check_workbook(data: bytes) -> None:
    """Raise Refusal when ``data`` is no workbook, is locked, or could do harm when opened."""
    try:
        look_through(data, MAX_ROWS + HEADER_WITHIN, MAX_COLUMNS)
    except ArchiveError as error:
        raise _worded(error.problem.code) from None


def _worded(code: str) -> Refusal:
    """Return the refusal that says what was found."""
    if code == "file.password":
        return Refusal(_("This file has a password. Save it without one."), status=422)
    if code == "file.archive_unpacked":
        return Refusal(
            _("This workbook unpacks to far more than a roster needs. It was not opened."),
            status=422,
        )
    if code == "file.sheet_rows":
        return too_many_rows()
    if code == "file.sheet_columns":
        return too_many_columns()
    return damaged()
