"""What the boards do by the clock."""

from __future__ import annotations

from functools import partial

from quizapp.core.jobs import forget_progress, job, loop, say_progress

from . import service


@loop("leaderboards.tick", seconds=1.0)
def tick() -> None:
    """Bring the boards up to date; at most once a second, by one process."""
    service.tick()


@job("leaderboards.rebuild", every={"minute": "10", "hour": "22"})
def rebuild() -> int:
    """Build every running season's boards anew from the ledger; return how many rows differed."""
    try:
        return service.rebuild(partial(say_progress, "leaderboards.rebuild"))
    finally:
        forget_progress("leaderboards.rebuild")
