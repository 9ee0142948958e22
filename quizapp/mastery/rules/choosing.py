"""What to ask a person again, and when: five reviews a day, one cold re-test a week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .memory import EASY, RIGHT, drawn, retrievability

DUE_A_DAY = 5
SEEN_DAYS = 14
EARLIEST_RETEST_DAYS, LATEST_RETEST_DAYS = 28, 35


@dataclass(frozen=True)
class Line:
    """What choosing reviews needs to know of an item that a person has met."""

    item_id: int
    last_seen_on: date
    due_on: date | None
    answered_on: date | None
    stability: float | None
    last_rating: int | None
    reps: int
    retested_on: date | None


def in_turn(lines: Iterable[Line], today: date) -> list[Line]:
    """Return the items that are due on ``today``: longest first, then what is most forgotten."""
    due = [line for line in lines if line.due_on is not None and line.due_on <= today]
    return sorted(
        due,
        key=lambda line: (
            line.due_on or today,
            retrievability(line.stability, line.answered_on, today),
            line.item_id,
        ),
    )


def reviews_left(lines: Iterable[Line], today: date) -> int:
    """Return how many reviews may still be asked today; the backlog waits for other days."""
    done = sum(
        line.answered_on == today and line.reps > 1 and line.retested_on != today for line in lines
    )
    return max(DUE_A_DAY - done, 0)


def was_retested(lines: Iterable[Line], today: date) -> bool:
    """Tell whether a person had the cold re-test of this week, which begins on Monday."""
    monday = today - timedelta(days=today.weekday())
    return any(line.retested_on is not None and line.retested_on >= monday for line in lines)


def pick_retest(lines: Sequence[Line], person_id: int, today: date) -> int | None:
    """Return the item of this week's cold re-test, None when there is none.

    Of items answered right 28 to 35 days ago and not shown since, a hash of person and week
    chooses: it stays the same all week.
    """
    monday = today - timedelta(days=today.weekday())
    candidates = [line.item_id for line in lines if _is_cold(line, today)]
    return min(
        candidates, key=lambda item_id: drawn(f"{person_id}:{monday}:{item_id}"), default=None
    )


def _is_cold(line: Line, today: date) -> bool:
    return (
        line.last_rating in (RIGHT, EASY)
        and line.answered_on == line.last_seen_on
        and EARLIEST_RETEST_DAYS <= (today - line.last_seen_on).days <= LATEST_RETEST_DAYS
    )
