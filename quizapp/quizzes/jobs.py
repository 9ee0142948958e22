"""What the quiz engine does by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job, pulse

from . import service
from .service import preshift
from .service.outages import BEAT_SECONDS

REGRADE = "quizzes.regrade"


@pulse("quizzes.beat", seconds=BEAT_SECONDS)
def beat() -> None:
    """Write down that this web process is there; give back the time of an outage that ended."""
    outage_id = service.beat()
    if outage_id is not None:
        service.give_back(outage_id)


@job("quizzes.close_stale", every={"minute": "*"})
def close_stale() -> int:
    """Close every attempt whose deadline has passed; return how many.

    Not while the web servers are away: time is given back first, then clocks may run out.
    """
    if not service.is_steady():
        return 0
    service.give_back_all()
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


@job("quizzes.prepare_preshift", every={"minute": "20"})
def prepare_preshift() -> int:
    """Store the questions of the shift that begins next, so that all see the same; count them."""
    return preshift.prepare_due()
