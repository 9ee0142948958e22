"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class BoardsMoved(Event):
    """The boards of a season have a new version."""

    season_id: int
    version: int
