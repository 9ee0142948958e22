"""Uploaded rosters as they are stored: finding one, its states, its summary."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from quizapp.core import clock, storage
from quizapp.core.db import db

from ....access import Viewer
from ....models import RosterFile
from ....permissions import Permission
from ..beside import worded_aside
from ..reading import Table, read_table

CHECKING, READY, APPLYING, APPLIED, CANCELLED = (
    "checking",
    "ready",
    "applying",
    "applied",
    "cancelled",
)
AT_ONCE = 2000  # lines that are checked and applied while the person waits; more are a job


@dataclass(frozen=True)
class Summary:
    """What is known of a file as a whole.

    ``units`` and ``people`` count by what happens to them. ``notes`` are (line, severity, text),
    ``columns`` the names of the columns by sheet, in their order. ``refusal`` says why applying it
    failed.
    """

    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    changes: int = 0
    errors: int = 0
    notes: Sequence[tuple[int, str, str]] = ()
    columns: dict[str, list[str]] = field(default_factory=dict)
    refusal: str = ""


def load_summary(file: RosterFile) -> Summary:
    """Return the summary of a file."""
    stored: dict[str, Any] = json.loads(file.summary)
    return Summary(**stored)


def dump_summary(summary: Summary) -> str:
    """Return a summary as it is stored."""
    return json.dumps(asdict(summary), ensure_ascii=False)


def get_file(viewer: Viewer, public_id: str, *, is_locked: bool = False) -> RosterFile:
    """Return a file that the viewer uploaded; raise LookupError for any other.

    ``is_locked`` holds the row until the command ends, so that two clicks run one by one.
    """
    statement = select(RosterFile).where(
        RosterFile.public_id == public_id,
        RosterFile.person_id == viewer.id,
        RosterFile.organisation_id == viewer.organisation_id,
    )
    found = db.session.scalar(statement.with_for_update() if is_locked else statement)
    if found is None or not viewer.may(Permission.MANAGE_PEOPLE):
        raise LookupError(f"roster {public_id}")
    return found


def move(file: RosterFile, state: str) -> None:
    """Take a file to ``state`` and note when; part of a command."""
    file.state = state
    file.moved_at = clock.now()


def table_of(file: RosterFile) -> Table:
    """Return what a stored file says; raises Refusal as reading it does."""
    return worded_aside(read_table, storage.get(file.blob_ref) or b"", file.filename)
