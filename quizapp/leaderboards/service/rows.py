"""What readers of boards are handed: teams on a board, a slice of a bracket, a page, a wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from quizapp.points.service import SeasonView

from .. import rules


@dataclass(frozen=True)
class Place:
    """A standing with its names, as the tables and the rankings in the store give it alike."""

    unit_id: int
    name: str
    workshop: str
    members: int
    rank: int
    score: int
    rank_before: int | None
    is_tied: bool


@dataclass(frozen=True)
class Slice:
    """What a page needs of a bracket; ``teams`` counts the rows of every bracket that has any.

    ``above`` and ``below`` stand next to ``own``; ``better`` and ``worse`` are rank and score of
    the next other places. ``leaders`` are the first three places, read for the light profile.
    """

    bracket: str
    teams: dict[str, int]
    rows: list[Place]
    own: Place | None
    above: list[Place]
    below: list[Place]
    better: tuple[int, int] | None
    worse: tuple[int, int] | None
    lowest: int
    highest: int
    leaders: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A team on a board. In the light profile it has stars, and no rank: 0."""

    unit_id: int
    name: str
    workshop: str
    members: int
    rank: int
    score: int
    move: int | None
    is_tied: bool
    stars: int | None = None  # 0..3 in the light profile, which shows no ranks


@dataclass(frozen=True)
class BoardView:
    """A bracket's board; ``around`` are the places next to ``own`` when it is not among the top.

    ``is_apart``: teams stand between ``rows`` and ``around``. ``after_rank`` and ``after_score``
    are those of the next place below the own one. ``leaders``: in the light profile at most the
    first three places, where the organisation wants them.
    """

    season: SeasonView
    days_left: int
    bracket: str
    brackets: tuple[str, ...]
    rows: list[Row]
    around: list[Row]
    own: Row | None
    next_rank: int | None
    next_score: int | None
    lowest: int
    highest: int
    is_merged: bool
    as_of: datetime
    version: int
    is_apart: bool = False
    after_rank: int | None = None
    after_score: int | None = None
    effort: rules.Effort | None = None
    profile: str = rules.STANDARD
    thresholds: tuple[int, ...] = ()
    leaders: list[Row] = field(default_factory=list)
    frozen_at: datetime | None = None
    reveals_at: datetime | None = None


@dataclass(frozen=True)
class WorkshopBoard:
    """A bracket's top and a workshop's own teams, for a wall."""

    season: SeasonView
    bracket: str
    teams: int
    rows: list[Row]
    own: list[tuple[Row, int | None, int | None]]  # row, next rank, points missing to it
    own_ids: frozenset[int]  # which of ``rows`` are the workshop's
    version: int
    as_of: datetime
    profile: str = rules.STANDARD  # or "light": stars by threshold, by name, no ranks
    thresholds: tuple[int, ...] = ()  # scores of one, two and three stars
    frozen_at: datetime | None = None  # as of when the board stands still before a ceremony
    reveals_at: datetime | None = None  # when it moves again; None: by hand


def row_of(place: Place, thresholds: Sequence[int] = ()) -> Row:
    """Return a team as people see it; with ``thresholds`` as the light profile shows it."""
    if thresholds:
        return Row(
            unit_id=place.unit_id,
            name=place.name,
            workshop=place.workshop,
            members=place.members,
            rank=0,
            score=place.score,
            move=None,
            is_tied=False,
            stars=rules.stars(place.score, thresholds),
        )
    return Row(
        unit_id=place.unit_id,
        name=place.name,
        workshop=place.workshop,
        members=place.members,
        rank=place.rank,
        score=place.score,
        move=rules.move(place.rank, place.rank_before),
        is_tied=place.is_tied,
    )
