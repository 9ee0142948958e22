"""Taking a roster in: read at once, so that what is no roster is refused and never kept."""

from __future__ import annotations

from pathlib import PurePosixPath

from quizapp.core import audit, i18n, jobs, storage
from quizapp.core.db import atomic, db, end_read, on_commit

from ....access import Viewer
from ....models import RosterFile
from ..beside import worded_aside
from ..reading import Table, read_table
from .checking import CHECK_JOB, check_file
from .stored import AT_ONCE

MAX_FILENAME = 160  # as accounts_roster_file stores it


def receive(viewer: Viewer, filename: str, data: bytes) -> str:
    """Keep a roster and have it checked; return its public id.

    Small ones are checked before this returns. Raises Refusal for what cannot be read.
    """
    name = _clean_name(filename)
    end_read()
    table = worded_aside(read_table, data, name)
    file_id, public_id = _keep(viewer, name, data, table)
    if len(table) <= AT_ONCE:
        check_file(file_id, table)
    return public_id


def _clean_name(filename: str) -> str:
    """Return a file's own name without its folders; a long one keeps its ending."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())[-MAX_FILENAME:]


@atomic
def _keep(viewer: Viewer, name: str, data: bytes, table: Table) -> tuple[int, str]:
    file = RosterFile(
        organisation_id=viewer.organisation_id,
        person_id=viewer.id,
        filename=name,
        blob_ref=storage.put(data),
        locale=i18n.chosen_locale(),
        total=len(table),
    )
    db.session.add(file)
    db.session.flush()
    audit.record(
        "people.roster_received", f"roster:{file.public_id}", actor_id=viewer.id, file=name
    )
    if len(table) > AT_ONCE:
        on_commit(lambda: jobs.enqueue(CHECK_JOB, file_id=file.id))
    return file.id, file.public_id
