"""Cells: their names, and their values as text."""

from datetime import date, datetime, time, timedelta
from typing import Any

from question_bank.formats.authored.text import tidy, unbroken

# A value of a cell, as the reader of workbooks gives it.
Value = str | float | int | bool | date | datetime | time | timedelta


def column_name(index: int) -> str:
    """Return the letters of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, place = divmod(index - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell as people say it; row and column count from 0."""
    return f"{column_name(column)}{row + 1}"


def cell_text(value: Any) -> str:
    """Return a value as text: 6.0 is `6`, true is `TRUE`, a day is `2026-01-31`."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    return "" if value is None else str(value)


def exact_text(value: Any) -> str:
    """Return a value as text; of a text only spaces and line breaks around it go, not tabs."""
    if isinstance(value, str):
        return unbroken(value).strip(" \n\u3000")
    return cell_text(value)


def is_mangled(value: Any) -> bool:
    """Tell whether a value is a day or a time, which a spreadsheet may have made of a text."""
    return isinstance(value, date | time | timedelta)


def before_mangling(value: Any) -> str:
    """Return what was probably typed before a spreadsheet made a day of it: `1-2`, or `1:30`."""
    if isinstance(value, date):
        return f"{value.month}-{value.day}"
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return cell_text(value)
