"""What the displays do by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job

from . import service


@job("boards.prepare_preshift", every={"minute": "25"})
def prepare_preshift() -> int:
    """Store the questions of the next shift for the walls that show them; count them."""
    return service.prepare_walls()
