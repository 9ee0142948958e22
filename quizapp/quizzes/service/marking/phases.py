"""When learners are told the scores of what they have handed in."""

from __future__ import annotations

from quizapp.core import clock

from ...rules import AFTER, VERDICT
from ..settings import Quiz


def tells_scores(quiz: Quiz) -> bool:
    """Tell whether learners are told the scores of what they handed in now."""
    return VERDICT in quiz.told(is_final=True, now=clock.now())


def waits_for_closing(quiz: Quiz) -> bool:
    """Tell whether scores are told only once a quiz has closed."""
    return VERDICT not in quiz.tells[AFTER]
