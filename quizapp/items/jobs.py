"""What the bank does outside requests."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from quizapp.core import clock
from quizapp.core.jobs import job, loop

from . import service
from .service import exporting, following, importing
from .service.importing.committing import WRITE_JOB
from .service.importing.receiving import READ_JOB

log = logging.getLogger(__name__)

SEASON_DAYS = 92


@job(READ_JOB)
def read_import(import_id: int) -> None:
    """Read an uploaded file into rows for the dry run."""
    try:
        importing.read_import(import_id)
    except Exception:
        log.exception("import %s could not be read", import_id)
        importing.fail(import_id)


@job(WRITE_JOB)
def write_import(import_id: int) -> None:
    """Write the ready rows of an import to the bank."""
    importing.write_import(import_id)


@job("items.resume_imports", every={"minute": "*"})
def resume_imports() -> int:
    """Go on with imports whose process died; return how many."""
    return importing.resume_stale()


@loop("items.drain_times", seconds=30)
def drain_times() -> None:
    """Move the counts of response times from the store into their table."""
    service.drain_times()


@job("items.count", every={"minute": "25"})
def count() -> int:
    """Bring sums, figures and flags up to date; return how many rows of sums differed."""
    return service.count_again()


@job("items.count_season", every={"minute": "5", "hour": "18"})
def count_season() -> int:
    """Compute three months anew: regraded answers change days that had settled."""
    return service.count_again(clock.now().date() - timedelta(days=SEASON_DAYS))


@job("items.count_since")
def count_since(day: str) -> int:
    """Compute everything since ``day`` (ISO) anew; return how many rows of sums differed."""
    return service.count_again(date.fromisoformat(day))


@job("items.calibrate", every={"minute": "45", "hour": "18", "day_of_week": "6"})
def calibrate() -> int:
    """Calibrate the bank, once a week; return how many versions have parameters."""
    return service.calibrate().versions


@job(exporting.WRITE_JOB)
def write_export(export_id: int) -> None:
    """Write a selection of items as a file."""
    try:
        exporting.write(export_id)
    except Exception:
        log.exception("export %s could not be written", export_id)
        exporting.fail(export_id)


@job("items.forget_exports", every={"minute": "50", "hour": "19"})
def forget_exports() -> int:
    """Delete files of exports that are a week old."""
    return exporting.forget_old()


@job("items.expire", every={"minute": "*/5"})
def expire() -> int:
    """Take items past their last day out of the bank's rotation; return how many."""
    return following.expire_everywhere()
