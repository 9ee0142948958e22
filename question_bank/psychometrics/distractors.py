"""Who chooses which option: shares, correlation with the rest, shares by group.

Groups are cut at fixed rest scores, not at fifths of the people: then the counts of two days can be
added. In a set of five questions each group is one result on the other four.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .classical import PairSums, correlation

GROUPS = 5
_DUST = 1e-9  # 3 / 5 of floating point is not below three fifths


@dataclass(frozen=True, slots=True)
class OptionSums:
    """How often an option was chosen in each group, and the choosers' rest scores added up."""

    by_group: tuple[int, ...] = (0,) * GROUPS
    rest: float = 0.0

    def __add__(self, other: OptionSums) -> OptionSums:
        """Return the sums over both."""
        both = zip(self.by_group, other.by_group, strict=True)
        return OptionSums(tuple(a + b for a, b in both), self.rest + other.rest)


@dataclass(frozen=True, slots=True)
class OptionNumbers:
    """What became of an option; ``shares`` are by group, from the lowest, None without people.

    ``correlation`` is the point-biserial of choosing it with the rest score; None where it or the
    rest score does not vary.
    """

    id: str
    is_key: bool
    chosen: int
    share: float
    correlation: float | None
    shares: tuple[float | None, ...]


def group_of(rest: float) -> int:
    """Return the group, 0..4, of a rest score 0..1: below 0.2, 0.4, 0.6, 0.8, and the others."""
    return min(GROUPS - 1, int(rest * GROUPS + _DUST))


def describe(
    options: Sequence[tuple[str, bool, OptionSums]], answered: Sequence[int], sums: PairSums
) -> tuple[OptionNumbers, ...]:
    """Return the numbers of each option (id, whether it is right, its sums).

    ``answered`` counts responses by group; ``sums`` are those of the item, of which only the rest
    scores (y) are used. Nothing at all without responses.
    """
    if not sums.n:
        return ()
    return tuple(_describe(*option, answered, sums) for option in options)


def _describe(
    option_id: str, is_key: bool, option: OptionSums, answered: Sequence[int], sums: PairSums
) -> OptionNumbers:
    chosen = sum(option.by_group)
    with_rest = PairSums(n=sums.n, x=chosen, xx=chosen, y=sums.y, yy=sums.yy, xy=option.rest)
    return OptionNumbers(
        id=option_id,
        is_key=is_key,
        chosen=chosen,
        share=chosen / sums.n,
        correlation=correlation(with_rest),
        shares=tuple(
            number / people if people else None
            for number, people in zip(option.by_group, answered, strict=True)
        ),
    )


def join_thin_groups(answered: Sequence[int], least: int) -> tuple[tuple[int, ...], ...]:
    """Return groups of neighbouring groups with at least ``least`` responses each, lowest first.

    A group that is too thin joins the one above it, the last ones that of below. A single group
    remains when there are too few responses altogether; an empty tuple without any.
    """
    joined: list[tuple[int, ...]] = []
    waiting: tuple[int, ...] = ()
    for number in range(len(answered)):
        waiting += (number,)
        if sum(answered[each] for each in waiting) >= least:
            joined.append(waiting)
            waiting = ()
    if waiting and joined:
        joined[-1] += waiting
    elif waiting and any(answered):
        joined.append(waiting)
    return tuple(joined)


def pool(by_group: Sequence[int], groups: Iterable[Iterable[int]]) -> tuple[int, ...]:
    """Return counts by group as counts by joined group."""
    return tuple(sum(by_group[each] for each in together) for together in groups)
