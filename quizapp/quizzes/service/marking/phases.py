"""What learners are told of a quiz that they have handed in, and whether they have passed."""

from __future__ import annotations

from quizapp.core import clock

from ...models import CLOSED, QuizBlueprint


def told_now(quiz: QuizBlueprint) -> frozenset[str]:
    """Return what is told of a final attempt now: verdict, explanation, key, source."""
    is_closed = quiz.state == CLOSED or (
        quiz.closes_at is not None and clock.now() >= quiz.closes_at
    )
    return _parts(quiz.tells_closed if is_closed else quiz.tells_after)


def tells_scores(quiz: QuizBlueprint) -> bool:
    """Tell whether learners are told the scores of what they handed in now."""
    return "verdict" in told_now(quiz)


def waits_for_closing(quiz: QuizBlueprint) -> bool:
    """Tell whether scores are told only once a quiz has closed."""
    return "verdict" not in _parts(quiz.tells_after)


def _parts(column: str) -> frozenset[str]:
    return frozenset(column.split(","))
