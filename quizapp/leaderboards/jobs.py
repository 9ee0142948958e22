"""What the boards do by the clock."""

from __future__ import annotations

from functools import partial

from quizapp.core.jobs import forget_progress, job, loop, say_progress

from . import service


@loop("leaderboards.tick", seconds=1.0)
def tick() -> None:
    """Bring the boards up to date; at most once a second, by one process."""
    service.tick()


@loop("leaderboards.shown", seconds=2.0)
def keep_shown() -> None:
    """Let boards move again whose reveal is due; build rankings that are missing or behind."""
    service.reveal_on_time()
    service.keep_rankings()


@job("leaderboards.campaigns", every={"minute": "*"})
def count_campaigns() -> int:
    """Bring the boards of the campaigns up to date; return how many moved."""
    return service.count_by_minute()


@job("leaderboards.by_day", every={"minute": "*/10"})
def count_by_day() -> int:
    """Count what improved and how points are spread, once yesterday is over; return how many."""
    return service.count_by_day()


@job("leaderboards.rebuild", every={"minute": "10", "hour": "22"})
def rebuild() -> int:
    """Build every running season's boards anew from the ledger; return how many rows differed."""
    try:
        return service.rebuild(partial(say_progress, "leaderboards.rebuild"))
    finally:
        forget_progress("leaderboards.rebuild")
