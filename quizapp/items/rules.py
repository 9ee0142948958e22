"""Decisions about items, as pure functions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

TITLE_LENGTH = 200
ENOUGH_RESPONSES = 30  # fewer say nothing about an item
ENOUGH_PEOPLE = 5  # fewer are no number that is shown
SUSPENDING_REPORTS = 3


def is_drawable(status: str, valid_until: date | None, on: date) -> bool:
    """Tell whether an item may be drawn for a set on ``on``: approved, and not past its date.

    A date of None says that the item has no end.
    """
    return status == "approved" and (valid_until is None or valid_until >= on)


def title_of(stem: str) -> str:
    """Return a stem as one line of at most 200 characters, for lists."""
    line = " ".join(stem.split())
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"


def may_approve(author_id: int | None, reviewers: Collection[int]) -> bool:
    """Tell whether these people may sign: three different ones, none the author."""
    return len(reviewers) == 3 and len(set(reviewers)) == 3 and author_id not in reviewers


def case_title(number: int, topic: str) -> str:
    """Return what the review desk calls the wordings of an item: #2381 and its topic."""
    return f"#{number} {topic}"[:TITLE_LENGTH]


def suspends(open_reports: int, *, has_expert: bool) -> bool:
    """Tell whether open reports take an item out until somebody looked: three, or an expert's."""
    return open_reports >= SUSPENDING_REPORTS or has_expert


def may_count(people: int) -> bool:
    """Tell whether a number of people is large enough to be shown; nobody is also a number."""
    return people == 0 or people >= ENOUGH_PEOPLE


def source_label(short: str, clause: str) -> str:
    """Return a source as people read it: 《安全生产法》第五十五条."""
    return f"《{short}》{clause}"
