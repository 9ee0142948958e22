"""What the quiz engine does by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job

from . import service


@job("quizzes.close_stale", every={"minute": "*/10"})
def close_stale() -> int:
    """Close every attempt whose deadline has passed; return how many."""
    closed = 0
    while number := service.close_stale():
        closed += number
    return closed


@job("quizzes.forget_times", every={"minute": "40", "hour": "20"})
def forget_times() -> int:
    """Delete arrival times that nobody needs any more."""
    return service.forget_times()
