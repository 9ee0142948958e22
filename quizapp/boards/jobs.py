"""What the displays do by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job

from . import service


@job("boards.prepare_preshift", every={"minute": "25"})
def prepare_preshift() -> int:
    """Store the questions of the next shift for the walls that show them; count them."""
    return service.prepare_walls()


@job("boards.keep_seen", every={"minute": "*/10"})
def keep_seen() -> int:
    """Write down when displays were heard of last; count those that were."""
    return service.keep_seen()
