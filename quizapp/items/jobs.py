"""What the bank does outside requests."""

from __future__ import annotations

import logging

from quizapp.core.jobs import job

from .service import importing
from .service.importing.committing import WRITE_JOB
from .service.importing.receiving import READ_JOB

log = logging.getLogger(__name__)


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
