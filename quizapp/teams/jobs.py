"""What teams do by the clock."""

from __future__ import annotations

from datetime import timedelta

from quizapp.core import clock
from quizapp.core.jobs import job, loop

from . import rules, service


@loop("teams.note_met", seconds=60.0)
def note_met() -> None:
    """Note which goals were reached; a minute later is early enough for a quiet celebration."""
    service.note_met()


@job("teams.tidy", every={"minute": "25", "hour": "22"})
def tidy() -> int:
    """Delete thanks that are gone, and who put old celebrations away; return how many rows."""
    before = clock.now().date() - timedelta(days=rules.CHEER_DAYS)
    return service.forget_gone() + service.forget_cheers(before)
