"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class BoardsMoved(Event):
    """The boards of a season have a new version.

    ``changed`` are the units whose score or move is another one; None: any row may be different.
    """

    season_id: int
    version: int
    changed: frozenset[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Honour(Event):
    """A place on the frozen board of a closed season: ties share a rank, the first three count."""

    unit_id: int
    bracket: str
    rank: int


@dataclass(frozen=True, kw_only=True)
class SeasonClosed(Event):
    """A season was closed: its boards are frozen, and these teams are on its honours sheet."""

    season_id: int
    season_public_id: str
    season_name: str
    organisation_id: int
    ended_on: date
    honours: tuple[Honour, ...]
