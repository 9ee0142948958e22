"""Who stands where on a podium, and in which order places are revealed, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_PEOPLE = 5
PLACES = 3


@dataclass(frozen=True)
class Honoured:
    """A team on the podium; ``score`` None where numbers are not shown."""

    name: str
    workshop: str
    rank: int
    score: int | None


@dataclass(frozen=True)
class Column:
    """A step of a podium: its teams, and when it is revealed (1 is first).

    ``height`` is 3 for the highest step. Teams that share a rank share a column.
    """

    rank: int
    teams: tuple[Honoured, ...]
    step: int
    height: int


def columns(teams: Sequence[Honoured]) -> tuple[Column, ...]:
    """Return the columns of a podium from left to right: second, first, third.

    The last of the three is revealed first, the winner last. A rank that nobody has because of a
    tie above it leaves no gap.
    """
    ranks = sorted({team.rank for team in teams if team.rank <= PLACES})
    made = [
        Column(
            rank=rank,
            teams=tuple(team for team in teams if team.rank == rank),
            step=len(ranks) - place,
            height=PLACES - place,
        )
        for place, rank in enumerate(ranks)
    ]
    return tuple(made[1:2] + made[:1] + made[2:3])


def in_turn(teams: Sequence[Honoured]) -> tuple[Column, ...]:
    """Return a column for each team by name, for boards without ranks: all on the same height."""
    by_name = sorted(teams, key=lambda team: (team.name, team.workshop))
    return tuple(
        Column(rank=0, teams=(team,), step=place, height=1)
        for place, team in enumerate(by_name, start=1)
    )


def may_be_listed(members: int) -> bool:
    """Tell whether a row tells of enough people."""
    return members >= LEAST_PEOPLE
