"""Decisions about validity, re-training, codes and names, as pure functions."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta

from quizapp.accounts.rules import CLEAR_ALPHABET

DRAFT, PUBLISHED, CLOSED = "draft", "published", "closed"
KINDS = ("initial", "refresher", "special")
# Where a person stands with a course: without a certificate, or with one that is ...
NONE, VALID, DUE, EXPIRED = "none", "valid", "due", "expired"
STANDINGS = (VALID, DUE, EXPIRED, NONE)

GRACE_SECONDS = 60
CODE_LENGTH = 20  # of 25 letters and digits: 92 bits, so that guessing has no end
NUMBER_LENGTH = 8
CODE_GROUP = 5
WINDOW_DAYS = 60
MAX_SECTIONS, MAX_EXAM_ROWS, MAX_QUESTIONS = 20, 8, 100
MAX_BODY = 20_000  # characters of a section

_NOT_CODE = re.compile(r"[\s-]+")


def add_months(day: date, months: int) -> date:
    """Return the same day of the month ``months`` later, the last one where it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def last_day(passed_on: date, months: int | None) -> date | None:
    """Return the last day on which a certificate is valid; None when it has no end.

    Passed on 18 November and valid for 12 months: the last day is 17 November.
    """
    return add_months(passed_on, months) - timedelta(days=1) if months else None


def due_from(passed_on: date, valid_until: date | None, window_days: int) -> date | None:
    """Return the first day of the re-training window, never before the day after passing."""
    if valid_until is None:
        return None
    first = valid_until - timedelta(days=window_days)
    return max(first, passed_on + timedelta(days=1))


def standing(valid_until: date | None, due_on: date | None, today: date) -> str:
    """Return where somebody with a certificate stands on ``today``: valid, due or expired."""
    if valid_until is None:
        return VALID
    if today > valid_until:
        return EXPIRED
    return DUE if due_on is not None and today >= due_on else VALID


def is_asked(where: str) -> bool:
    """Tell whether the course is on the list of a person who stands ``where``."""
    return where != VALID


def masked(name: str) -> str:
    """Return a name that its owner recognises and nobody else learns from: one sign at each end."""
    if len(name) < 2:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * min(len(name) - 2, 3)}{name[-1]}"


def _letters(count: int) -> str:
    return "".join(secrets.choice(CLEAR_ALPHABET) for _place in range(count))


def new_code() -> str:
    """Return a fresh check code."""
    return _letters(CODE_LENGTH)


def new_number(passed_on: date) -> str:
    """Return a number for a certificate: the day and something that nobody can count on from."""
    return f"{passed_on:%Y%m%d}-{_letters(NUMBER_LENGTH)}"


def normal_code(text: str) -> str:
    """Return a check code as it is stored, however it was typed."""
    return _NOT_CODE.sub("", text).upper()


def is_code(text: str) -> bool:
    """Tell whether ``text`` has the form of a check code."""
    return len(text) == CODE_LENGTH and set(text) <= set(CLEAR_ALPHABET)


def grouped(code: str) -> str:
    """Return a code as people read it: ACDEF-GHJKM-..."""
    parts = [code[place : place + CODE_GROUP] for place in range(0, len(code), CODE_GROUP)]
    return "-".join(parts)
