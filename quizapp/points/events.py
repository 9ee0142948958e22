"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class EntryWritten(Event):
    """The ledger has a new entry that counts for ``unit_id`` on ``day``."""

    unit_id: int
    day: date


@dataclass(frozen=True, kw_only=True)
class SeasonChanged(Event):
    """A season was opened, or its days were changed."""

    season_id: int
