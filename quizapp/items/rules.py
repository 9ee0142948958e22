"""Decisions about items, as pure functions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

TITLE_LENGTH = 200


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


def is_signed(stages: Collection[str]) -> bool:
    """Tell whether sign-offs at these stages approve a version: all three, or the demo's."""
    return set(stages) in ({"first", "second", "final"}, {"demo"})


def source_label(short: str, clause: str) -> str:
    """Return a source as people read it: 《安全生产法》第五十五条."""
    return f"《{short}》{clause}"
