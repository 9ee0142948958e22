"""What the quiz engine does by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job

from . import service

REGRADE = "quizzes.regrade"


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


@job(REGRADE)
def regrade(correction_id: int) -> int:
    """Grade the answers to a corrected item again; return how many gained."""
    return service.regrade(correction_id)


@job("quizzes.regrade_open", every={"minute": "25"})
def regrade_open() -> int:
    """Take up corrections whose grading was stopped, or that late sets came after; count gains."""
    return service.regrade_open()


@job("quizzes.settle_marks", every={"minute": "*"})
def settle_marks() -> int:
    """Set the scores of attempts whose marks cannot be taken back any more; return how many."""
    return service.settle_due()
