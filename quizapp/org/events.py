"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MembershipChanged(Event):
    """Who counts in ``unit_id`` is another set of people from ``since`` on."""

    unit_id: int
    since: date


@dataclass(frozen=True, kw_only=True)
class UnitChanged(Event):
    """A unit was made, renamed, moved or closed."""

    unit_id: int


@dataclass(frozen=True, kw_only=True)
class UnitMerged(Event):
    """From ``on`` on, ``unit_id`` lives on in ``into_id``; its people are there."""

    unit_id: int
    into_id: int
    on: date
