"""The words for cells that cannot be read as they are, and the names of columns in messages."""

from __future__ import annotations

from flask_babel import gettext as _

from .cells import A_DATE, FORMULA, LOST_DIGITS, MAX_CELL
from .findings import Findings
from .reading import Row


def report_flaws(row: Row, findings: Findings) -> bool:
    """Report every flaw of a row; return whether there is one."""
    for field, flaw in row.flaws.items():
        findings.error(row.line, _flaw_text(field, flaw), field)
    return bool(row.flaws)


def _flaw_text(field: str, flaw: str) -> str:
    column = column_name(field)
    if flaw == FORMULA:
        return _("The cell “%(column)s” begins with “=”. Write plain text.", column=column)
    if flaw == A_DATE:
        return _(
            "The spreadsheet made a date of “%(column)s”. Format the column as text.", column=column
        )
    if flaw == LOST_DIGITS:
        return _(
            "The spreadsheet rounded “%(column)s”. Format the column as text and type it again.",
            column=column,
        )
    return _(
        "The cell “%(column)s” has more than %(length)s characters.",
        column=column,
        length=MAX_CELL,
    )


def column_name(field: str) -> str:
    """Return what a column is called in messages."""
    return {
        "number": _("employee number"),
        "name": _("name"),
        "post": _("post"),
        "unit_path": _("unit path"),
        "unit_code": _("unit code"),
        "company": _("Company"),
        "plant": _("Plant"),
        "workshop": _("Workshop"),
        "team": _("Team"),
        "since": _("first day"),
        "until": _("last day"),
        "state": _("state"),
        "role": _("role"),
        "code": _("unit code"),
        "kind": _("level"),
        "parent": _("parent unit"),
    }[field]
