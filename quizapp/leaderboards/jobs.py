"""What the boards do by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job, loop

from . import service


@loop("leaderboards.tick", seconds=1.0)
def tick() -> None:
    """Bring the boards up to date; at most once a second, by one process."""
    service.tick()


@loop("leaderboards.rankings", seconds=2.0)
def keep_rankings() -> None:
    """Build the rankings in the store that are missing or behind."""
    service.keep_rankings()


@loop("leaderboards.reveal", seconds=1.0)
def reveal() -> None:
    """Let boards move again whose reveal is due."""
    service.reveal_on_time()


@loop("leaderboards.campaigns", seconds=60.0)
def count_campaigns() -> None:
    """Bring the boards of the campaigns up to date."""
    service.count_by_minute()


@loop("leaderboards.by_day", seconds=600.0)
def count_by_day() -> None:
    """Count what improved and how points are spread, once yesterday is over."""
    service.count_by_day()


@job("leaderboards.rebuild", every={"minute": "10", "hour": "22"})
def rebuild() -> int:
    """Build every running season's boards anew from the ledger; return how many rows differed."""
    return service.rebuild()
