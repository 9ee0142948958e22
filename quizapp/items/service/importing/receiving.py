"""Taking a file in: kept as it came, read by the background process."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.formats import FORMATS, MAX_BYTES
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock, jobs, storage
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal

from ...models import Import, Topic

READ_JOB = "items.read_import"


@atomic
def receive(
    viewer: Viewer, filename: str, data: bytes, *, topic_id: int | None = None, format: str = ""
) -> str:
    """Keep a file for import and have it read; return the public id of the import.

    ``topic_id`` is where questions go that name no topic; ``format`` empty: find out. Raises
    Refusal for an empty or too large file, LookupError for a topic of somebody else.
    """
    if not data:
        raise Refusal(_("The file is empty."), status=422, field="file")
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise Refusal(
            _("The file is larger than %(limit)s MB. Split it and import the parts.", limit=limit),
            status=413,
            field="file",
        )
    if format and format not in FORMATS:
        raise Refusal(_("This format is not known."), status=422, field="format")
    if topic_id is not None:
        _check_topic(viewer, topic_id)
    batch = Import(
        organisation_id=viewer.organisation_id,
        person_id=viewer.id,
        filename=_name(filename),
        blob_ref=storage.put(data),
        settings=json.dumps({"topic_id": topic_id, "format": format}),
    )
    db.session.add(batch)
    db.session.flush()
    audit.record("items.import_received", f"import:{batch.public_id}", file=batch.filename)
    on_commit(lambda: jobs.enqueue(READ_JOB, import_id=batch.id))
    return batch.public_id


def _name(filename: str) -> str:
    """Return a file's own name without its folders, as browsers of old send them."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())[:160]


def _check_topic(viewer: Viewer, topic_id: int) -> None:
    known = select(Topic.id).where(
        Topic.id == topic_id, Topic.organisation_id == viewer.organisation_id
    )
    if db.session.scalar(known) is None:
        raise LookupError(f"topic {topic_id}")


def get_import(viewer: Viewer, public_id: str, *, is_locked: bool = False) -> Import:
    """Return an import of the viewer's organisation; raise LookupError for any other.

    ``is_locked`` holds the row until the command ends, so that two clicks run one by one.
    """
    statement = select(Import).where(
        Import.public_id == public_id,
        Import.organisation_id == viewer.organisation_id,
    )
    if not viewer.may(Permission.WRITE_ITEMS):
        raise LookupError(f"import {public_id}")
    batch = db.session.scalar(statement.with_for_update() if is_locked else statement)
    if batch is None:
        raise LookupError(f"import {public_id}")
    return batch


def move(batch: Import, state: str) -> None:
    """Take an import to ``state`` and note when; part of a command."""
    batch.state = state
    batch.moved_at = clock.now()
