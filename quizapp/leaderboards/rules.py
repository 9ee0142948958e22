"""Decisions about seats and words of a board, as pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MIN_MEMBERS = 5


@dataclass(frozen=True)
class Sized:
    """A unit with people directly in it or below; ``members`` are those directly in it."""

    id: int
    parent_id: int | None
    members: int


def seats(units: Sequence[Sized]) -> dict[int, int | None]:
    """Return the unit under whose name each unit's points count; None where five are never reached.

    A unit with fewer than five members is merged with the unit above it: the people directly
    there and in all small units below it count together, but nobody counts in two rows. Merging
    goes up one level; if that is still fewer than five, the points stay with their people and no
    row is shown.
    """
    below: dict[int | None, list[Sized]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id].append(unit)
    together: dict[int, int] = {}

    def count(unit: Sized) -> int:
        if unit.id not in together:
            small = [child.members for child in below[unit.id] if count(child) < MIN_MEMBERS]
            together[unit.id] = unit.members + sum(small)
        return together[unit.id]

    def seat(unit: Sized) -> int | None:
        if count(unit) >= MIN_MEMBERS:
            return unit.id
        if unit.members and together.get(unit.parent_id or 0, 0) >= MIN_MEMBERS:
            return unit.parent_id
        return None

    for unit in units:
        count(unit)
    return {unit.id: seat(unit) for unit in units}


def follow(
    placed: Mapping[int, int | None], successors: Mapping[int, int]
) -> dict[int, int | None]:
    """Return the seats after mergers: a row of its own that was merged joins its successor's.

    Where the successor has no row, and for a unit that counts in the row of several small ones,
    nothing changes: a row never shrinks to fewer than five people by a merger.
    """

    def seat(unit_id: int) -> int | None:
        row = placed[unit_id]
        if row is None or placed.get(row) != row or row not in successors:
            return row
        return placed.get(successors[row]) or row

    return {unit_id: seat(unit_id) for unit_id in placed}


def gap_to_next(score: int, next_score: int | None) -> int | None:
    """Return how many points are missing to draw level with the place above; None at the top."""
    return None if next_score is None else next_score - score


def move(rank: int, rank_before: int | None) -> int | None:
    """Return how many places a team climbed since yesterday; None when it is new."""
    return None if rank_before is None else rank_before - rank


def position_on_scale(score: int, low: int, high: int) -> int:
    """Return where ``score`` lies between ``low`` and ``high``, as 0..100."""
    if high <= low:
        return 100
    return max(0, min(100, round(100 * (score - low) / (high - low))))


def halves(first: date, last: date) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """Return first and last day of both halves of a season; None below two days.

    Both are equally long: the middle day of an odd number belongs to neither.
    """
    days = (last - first).days + 1
    half = days // 2
    if not half:
        return None
    return (first, first + timedelta(days=half - 1)), (last - timedelta(days=half - 1), last)
