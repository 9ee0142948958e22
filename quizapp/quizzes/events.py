"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AttemptFinished(Event):
    """An attempt became final: finished by the person, or closed after its deadline.

    Told again, with other figures, when an attempt that was closed is opened again by time that an
    outage gave back, and when its essays are marked. ``is_passed`` None: the quiz has no passing,
    or marks are missing.
    """

    attempt_id: int
    public_id: str
    blueprint_id: int
    person_id: int
    unit_id: int | None
    mode: str
    day: date
    score: float
    length: int
    is_passed: bool | None


@dataclass(frozen=True, kw_only=True)
class PreshiftAnswered(Event):
    """A team's answer to the question before its shift was recorded."""

    organisation_id: int
    unit_id: int
