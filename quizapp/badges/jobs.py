"""What badges do by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job, loop

from . import service


@loop("badges.look", seconds=5.0)
def look() -> None:
    """Look at everybody about whom something became a fact."""
    service.evaluate_waiting()


@job("badges.sweep", every={"minute": "40", "hour": "20"})
def sweep(organisation_id: int | None = None) -> int:
    """Look at everybody, whatever was missed; return how many badges were given."""
    return service.award_missing(organisation_id)
