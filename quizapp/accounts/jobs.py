"""What accounts do outside requests: large rosters."""

from __future__ import annotations

from quizapp.core.jobs import job

from .service.roster import desk
from .service.roster.desk.applying import APPLY_JOB
from .service.roster.desk.checking import CHECK_JOB


@job(CHECK_JOB)
def check_roster(file_id: int) -> None:
    """Plan the import of an uploaded roster."""
    desk.check_file(file_id)


@job(APPLY_JOB)
def apply_roster(file_id: int) -> None:
    """Write what an uploaded roster changes."""
    desk.write_file(file_id)


@job("accounts.resume_rosters", every={"minute": "*"})
def resume_rosters() -> int:
    """Go on with rosters whose process died; return how many."""
    return desk.resume_stale()
