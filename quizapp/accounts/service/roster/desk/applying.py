"""Applying a roster: one transaction, so that nothing half done is ever seen or left behind.

Two taps, a job that is run twice and one that is killed end the same way: the state of the file
changes in the transaction that writes the people, and only a file that waits is written.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import delete, select

from quizapp.core import audit, clock, jobs
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from ....access import Viewer
from ....models import RosterFile, RosterRow
from ..applying import apply_table
from ..reach import reach_of
from ..reading import Table
from .checking import CHECK_JOB, check_file, summary_of
from .stored import (
    APPLIED,
    APPLYING,
    AT_ONCE,
    CANCELLED,
    CHECKING,
    READY,
    dump_summary,
    get_file,
    load_summary,
    move,
    table_of,
)

log = logging.getLogger(__name__)

APPLY_JOB = "accounts.apply_roster"
STALE = timedelta(minutes=2)
TELL_SECONDS = 0.3
PAUSE_SECONDS, TURN_SECONDS = 0.02, 0.001


def apply_file(viewer: Viewer, public_id: str) -> None:
    """Have the changes of a dry run written: small files at once, others by a job.

    A second tap changes nothing. Raises LookupError for somebody else's file, and Refusal while
    there are errors or when there is nothing to change.
    """
    file = _begin(viewer, public_id)
    if file is not None and file.total <= AT_ONCE:
        write_file(file.id)


@atomic
def _begin(viewer: Viewer, public_id: str) -> RosterFile | None:
    """Mark a file to be written; None when it is already."""
    file = get_file(viewer, public_id, is_locked=True)
    if file.state in (APPLYING, APPLIED):
        return None
    if file.state != READY:
        raise Refusal(_("This roster is no longer open. Nothing was changed."))
    summary = load_summary(file)
    if summary.errors:
        raise Refusal(
            ngettext(
                "Nothing was imported: %(num)s error.",
                "Nothing was imported: %(num)s errors.",
                summary.errors,
            )
        )
    if not summary.changes:
        raise Refusal(_("Everything in this file is recorded already. There is nothing to import."))
    file.summary = dump_summary(replace(summary, refusal=""))
    move(file, APPLYING)
    if file.total > AT_ONCE:
        on_commit(lambda: jobs.enqueue(APPLY_JOB, file_id=file.id))
    return file


def write_file(file_id: int) -> None:
    """Write a file that waits for it; what keeps it from being written is said on its page."""
    file = db.session.get(RosterFile, file_id, populate_existing=True)
    if file is None or file.state != APPLYING:
        return
    with force_locale(file.locale):
        try:
            _write(file_id, table_of(file))
        except Refusal as refusal:
            _hand_back(file_id, refusal.message)
        except Exception:
            log.exception("roster %s could not be applied", file_id)
            _hand_back(file_id, _("The import failed on our side. Nothing was imported."))
    jobs.forget_progress(progress_name(file.public_id))


class _Progress:
    """How far the writing is: told a few times a second, and never by the waiting transaction."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told_at = self._paused_at = 0.0

    def tell(self, done: int, total: int) -> None:
        """Note how many changes are written, and give other requests of this process a turn."""
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            jobs.say_progress(self._name, done, total)
        if now - self._paused_at >= PAUSE_SECONDS:
            time.sleep(TURN_SECONDS)
            self._paused_at = time.monotonic()


def progress_name(public_id: str) -> str:
    """Return what the progress of a file is told under."""
    return f"roster:{public_id}"


@atomic
def _write(file_id: int, table: Table) -> None:
    file = db.session.get_one(RosterFile, file_id, with_for_update=True)
    if file.state != APPLYING:
        return
    plan = apply_table(
        file.organisation_id,
        table,
        org.today(file.organisation_id),
        file.digest,
        reach_of(file.person_id),
        _Progress(progress_name(file.public_id)).tell,
    )
    file.summary = dump_summary(summary_of(plan))
    file.applied_at = clock.now()
    move(file, APPLIED)


def _hand_back(file_id: int, reason: str) -> None:
    """Check a file anew that could not be written; its page says why."""
    if _reopen(file_id, reason) <= AT_ONCE:
        check_file(file_id)


@atomic
def _reopen(file_id: int, reason: str) -> int:
    """Take a file back to its check and return how many lines it has."""
    file = db.session.get_one(RosterFile, file_id, with_for_update=True)
    if file.state == APPLYING:
        file.summary = dump_summary(replace(load_summary(file), refusal=reason))
        move(file, CHECKING)
        if file.total > AT_ONCE:
            on_commit(lambda: jobs.enqueue(CHECK_JOB, file_id=file_id))
    return file.total


@atomic
def cancel(viewer: Viewer, public_id: str) -> None:
    """Put a file away that was not applied; nothing of its lines is kept.

    Raises LookupError for somebody else's file, Refusal for one that is applied or about to be.
    """
    file = get_file(viewer, public_id, is_locked=True)
    if file.state == CANCELLED:
        return
    if file.state not in (CHECKING, READY):
        raise Refusal(_("This roster is no longer open. Nothing was changed."))
    db.session.execute(delete(RosterRow).where(RosterRow.file_id == file.id))
    move(file, CANCELLED)
    audit.record("people.roster_cancelled", f"roster:{public_id}", actor_id=viewer.id)


@atomic
def resume_stale() -> int:
    """Wake files whose process died: nothing moved for two minutes. Returns how many."""
    since = clock.now() - STALE
    stale = db.session.scalars(
        select(RosterFile).where(
            RosterFile.state.in_((CHECKING, APPLYING)), RosterFile.moved_at < since
        )
    ).all()
    for file in stale:
        file.moved_at = clock.now()
        name = CHECK_JOB if file.state == CHECKING else APPLY_JOB
        on_commit(partial(jobs.enqueue, name, file_id=file.id))
    return len(stale)
