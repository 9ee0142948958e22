"""Decisions about seats and words of a board, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    there and in all small units below it count together. Merging goes up one level; if that is
    still fewer than five, the points stay with their people and no row is shown.
    """
    direct = {unit.id: unit.members for unit in units}
    merged: dict[int, int] = {}
    for unit in units:
        if 0 < unit.members < MIN_MEMBERS and unit.parent_id in direct:
            above = unit.parent_id
            merged[above] = merged.get(above, direct[above]) + unit.members

    def seat(unit: Sized) -> int | None:
        if max(unit.members, merged.get(unit.id, 0)) >= MIN_MEMBERS:
            return unit.id
        if unit.members and merged.get(unit.parent_id or 0, 0) >= MIN_MEMBERS:
            return unit.parent_id
        return None

    return {unit.id: seat(unit) for unit in units}


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


def workshop_of(path: str, names: Mapping[int, str], unit_id: int) -> str:
    """Return the name of the unit directly above the one at ``path``, or an empty string."""
    ids = [int(part) for part in path.strip("/").split("/")]
    above = [i for i in ids if i != unit_id]
    return names.get(above[-1], "") if above else ""
