"""The dry run: plan the import of a file and keep the plan line by line, to be looked at."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, insert

from quizapp.core import i18n, jobs
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.core.threads import aside
from quizapp.org import service as org

from ....access import Viewer
from ....models import RosterFile, RosterRow
from ..checking import plan_import
from ..describing import PlanLine, lines_of, notes_of_file
from ..findings import shown
from ..plan import Plan
from ..reach import reach_of
from ..reading import Table
from .stored import (
    AT_ONCE,
    CHECKING,
    READY,
    Summary,
    dump_summary,
    get_file,
    load_summary,
    move,
    table_of,
)

log = logging.getLogger(__name__)

CHECK_JOB = "accounts.check_roster"
BATCH = 500  # rows of one INSERT
TURN_SECONDS = 0.001
MAX_SHEET, MAX_NUMBER, MAX_NAME = 40, 40, 80  # as accounts_roster_row stores them


def check_file(file_id: int, table: Table | None = None) -> None:
    """Plan the import of a file that waits for it, and keep the plan.

    ``table`` is what the file says, where that is known already. Doing it twice is harmless.
    """
    file = db.session.get(RosterFile, file_id, populate_existing=True)
    if file is None or file.state != CHECKING:
        return
    with force_locale(file.locale):
        try:
            _check(file, table)
        except Refusal as refusal:
            _give_up(file_id, refusal.message)
        except Exception:
            log.exception("roster %s could not be checked", file_id)
            _give_up(file_id, _("The file could not be checked. Nothing was imported."))


def _check(file: RosterFile, table: Table | None) -> None:
    begun = time.monotonic()
    table = table or table_of(file)
    today = org.today(file.organisation_id)
    plan = plan_import(file.organisation_id, table, today, reach_of(file.person_id))
    lines, digest = aside(lambda: (lines_of(plan), plan.digest))
    values = aside(lambda: list(_values(file.id, lines)))
    _keep(file.id, plan, digest, values, round((time.monotonic() - begun) * 1000))


def _values(file_id: int, lines: Sequence[PlanLine]) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(lines, start=1):
        content = {
            "changes": line.changes,
            "notes": line.notes,
            "cells": line.cells,
            "see": line.see,
        }
        yield {
            "file_id": file_id,
            "position": position,
            "sheet": line.line.sheet[:MAX_SHEET],
            "line": line.line.number,
            "result": line.result,
            "is_unit": line.is_unit,
            "is_flagged": line.is_flagged,
            "number": line.number[:MAX_NUMBER],
            "name": line.name[:MAX_NAME],
            "content": json.dumps(content, ensure_ascii=False),
        }


@atomic
def _keep(
    file_id: int, plan: Plan, digest: str, values: Sequence[dict[str, Any]], took_ms: int
) -> None:
    """Put a plan in the place of an earlier one, unless the file was put away meanwhile."""
    file = db.session.get_one(RosterFile, file_id, with_for_update=True)
    if file.state != CHECKING:
        return
    db.session.execute(delete(RosterRow).where(RosterRow.file_id == file_id))
    for start in range(0, len(values), BATCH):
        db.session.execute(insert(RosterRow), values[start : start + BATCH])
        time.sleep(TURN_SECONDS)  # the other requests of this process have a turn
    file.planned_on, file.digest, file.total = plan.today, digest, len(values)
    file.took_ms = took_ms
    file.summary = dump_summary(summary_of(plan, refusal=load_summary(file).refusal))
    move(file, READY)


def summary_of(plan: Plan, refusal: str = "") -> Summary:
    """Return what a plan comes to."""
    return Summary(
        units=dict(plan.unit_effects()),
        people=dict(plan.people_effects()),
        unchanged=plan.unchanged,
        changes=plan.changes,
        errors=plan.errors,
        notes=[(line, note.severity, note.text) for line, note in notes_of_file(plan)],
        columns={
            sheet[:MAX_SHEET]: [shown(header.names[field]) for field in header.in_order()]
            for sheet, header in plan.table.headers.items()
        },
        refusal=refusal,
    )


@atomic
def _give_up(file_id: int, reason: str) -> None:
    """End a check that cannot be done: the page says why instead of waiting."""
    file = db.session.get_one(RosterFile, file_id, with_for_update=True)
    if file.state == CHECKING:
        db.session.execute(delete(RosterRow).where(RosterRow.file_id == file_id))
        file.planned_on, file.digest = org.today(file.organisation_id), ""
        file.summary = dump_summary(Summary(errors=1, refusal=reason))
        move(file, READY)


def check_again(viewer: Viewer, public_id: str) -> None:
    """Plan a file anew, in the viewer's language and by what is known now.

    Raises LookupError for somebody else's file; one that is not open stays as it is.
    """
    file = _reopen(viewer, public_id)
    if file is not None and file.total <= AT_ONCE:
        check_file(file.id)


@atomic
def _reopen(viewer: Viewer, public_id: str) -> RosterFile | None:
    file = get_file(viewer, public_id, is_locked=True)
    if file.state != READY:
        return None
    file.locale = i18n.chosen_locale()
    file.summary = dump_summary(Summary())
    move(file, CHECKING)
    if file.total > AT_ONCE:
        on_commit(lambda: jobs.enqueue(CHECK_JOB, file_id=file.id))
    return file
