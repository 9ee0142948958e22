"""What must hold on any live database. ``flask verify`` runs it all, read-only.

A room registers its invariants in ``checks.py``: generators that yield one line for each row that
breaks the rule. Nobody repairs anything here; a line names what support has to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Check = Callable[[], Iterator[str]]


@dataclass(frozen=True)
class Invariant:
    """A rule with its number in the assurance plan and its sentence."""

    number: str
    sentence: str
    check: Check


_invariants: dict[str, Invariant] = {}


def invariant(number: str, sentence: str) -> Callable[[Check], Check]:
    """Register a check under its number: ``I3``, ``I10``; raise ValueError when it is taken."""

    def register(check: Check) -> Check:
        if number in _invariants:  # the other one would never be checked again
            raise ValueError(f"{number} is another invariant already")
        _invariants[number] = Invariant(number, sentence, check)
        return check

    return register


def all_invariants() -> list[Invariant]:
    """Return every registered invariant, by number."""
    return sorted(_invariants.values(), key=lambda known: int(known.number[1:]))
