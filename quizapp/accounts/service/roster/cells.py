"""From what a cell holds to text, and from text to a day; what went wrong on the way has a name."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from .words import vocabulary

FORMULA, A_DATE, LOST_DIGITS, TOO_LONG = "formula", "a_date", "lost_digits", "too_long"
MAX_CELL = 500  # characters; the longest column of the database is far shorter

_SERIAL_ZERO = date(1899, 12, 30)  # what Excel counts days from
_SERIALS = range(18264, 73050)  # 1950 to 2099: smaller and larger numbers are no days
_EXACT_DIGITS = 10**15  # a spreadsheet keeps 15 digits of a number and drops the rest
_SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T][\d:.-]*)?")
_DAY_IN_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")


def clean(text: str) -> str:
    """Return ``text`` in NFC, on one line, without marks that cannot be seen.

    Such marks make two equal texts differ, or turn the direction of a line around.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", text)
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return "".join(kept).strip()


def cell_text(value: Any, field: str) -> tuple[str, str]:
    """Return the text of a cell and what is wrong with it (empty: nothing).

    A whole number loses the ``.0`` that spreadsheets store. ``field`` tells an employee number,
    where a date or a rounded number is a mistake of the spreadsheet, from other columns.
    """
    is_number = field in ("number", "unit_code", "code", "parent")
    if isinstance(value, str):
        return _from_text(value, is_number)
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, int | float):
        return _from_number(value, is_number)
    if isinstance(value, datetime):
        value = value.date() if value.time() == time(0) else value
    if isinstance(value, date | time | timedelta):
        return str(value), A_DATE if is_number else ""
    return "", ""


def _from_text(value: str, is_number: bool) -> tuple[str, str]:
    if len(value) > MAX_CELL:
        return clean(value[:MAX_CELL]), TOO_LONG
    text = clean(value)
    if text.startswith(("=", "＝")):
        return text, FORMULA
    return text, LOST_DIGITS if is_number and _SCIENTIFIC.fullmatch(text) else ""


def _from_number(value: float, is_number: bool) -> tuple[str, str]:
    if value != value or abs(value) == float("inf"):
        return "", ""
    text = str(int(value)) if value == int(value) else f"{value:.15g}"
    return text, LOST_DIGITS if is_number and abs(value) >= _EXACT_DIGITS else ""


def read_day(text: str) -> date | None:
    """Return the day that ``text`` names, or None when it names none beyond doubt.

    2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日, 20261122, with or without a time of day, and
    the number of days that Excel stores. Two-digit years and months without a day are refused.
    """
    plain = unicodedata.normalize("NFKC", text).translate(vocabulary().day_marks).strip()
    found = _DAY.fullmatch(plain) or _DAY_IN_DIGITS.fullmatch(plain)
    if found:
        return _day(*found.groups())
    if plain.isascii() and plain.isdigit() and len(plain) == 5 and int(plain) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(plain))
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
