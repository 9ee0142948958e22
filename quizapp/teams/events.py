"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class GoalMet(Event):
    """A team reached a goal that it had set itself; announced once for each goal.

    ``kind`` is one of rules.KINDS, ``target`` what was to be reached, ``met_on`` the learning day.
    """

    goal_id: int
    goal_public_id: str
    organisation_id: int
    unit_id: int
    kind: str
    target: int
    met_on: date
