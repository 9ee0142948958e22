"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AttemptFinished(Event):
    """An attempt became final: finished by the person, or closed after its deadline."""

    attempt_id: int
    person_id: int
    unit_id: int | None
    mode: str
    day: date
    score: float
    length: int
