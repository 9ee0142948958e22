"""What training does by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job

from . import service


@job("training.keep", every={"minute": "20", "hour": "19"})
def keep() -> None:
    """Write certificates that a failure left out, and forget files that nobody entered."""
    service.issue_missing()
    service.forget_old()
