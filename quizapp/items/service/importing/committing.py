"""The import itself: rows become drafts of the bank, all at once as far as anybody can see.

Items are written in batches while they are marked as arriving, which hides them everywhere; the
last transaction shows them all. A process that dies in the middle leaves nothing visible, and the
next one goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock, jobs
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.core.threads import give_way

from ... import rules as item_rules
from ...models import (
    ARRIVING,
    DRAFT,
    EDITING,
    Import,
    ImportRow,
    Item,
    ItemDraft,
    ItemGram,
)
from .. import contents, searching
from . import rows
from .filing import Filing
from .receiving import READ_JOB, get_import, move

BATCH = 200
WRITE_JOB = "items.write_import"
STALE = timedelta(minutes=2)


@atomic
def confirm(viewer: Viewer, public_id: str) -> int:
    """Have every ready row written to the bank; return how many. Raises Refusal when none is."""
    batch = get_import(viewer, public_id, is_locked=True)
    if batch.state == "importing":
        return batch.total  # a second tap
    if batch.state != "ready":
        raise Refusal(_("This import is no longer open. Nothing was changed."))
    number = db.session.scalar(
        select(func.count())
        .select_from(ImportRow)
        .where(ImportRow.import_id == batch.id, ImportRow.status.in_(rows.IMPORTABLE))
    )
    if not number:
        raise Refusal(_("No question is ready yet. Decide or correct some first."))
    move(batch, "importing")
    batch.total, batch.done = number, 0
    audit.record("items.import_started", f"import:{batch.public_id}", number=number)
    on_commit(lambda: jobs.enqueue(WRITE_JOB, import_id=batch.id))
    return number


def write_import(import_id: int) -> None:
    """Write the ready rows of an import, batch by batch, and show them at the end."""
    while _write_some(import_id):
        give_way()


@atomic
def _write_some(import_id: int) -> bool:
    """Write one batch; return whether there may be more. The row lock keeps two jobs apart."""
    batch = db.session.get(Import, import_id, with_for_update=True)
    if batch is None or batch.state != "importing":
        return False
    waiting = db.session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.status.in_(rows.IMPORTABLE))
        .order_by(ImportRow.position)
        .limit(BATCH)
    ).all()
    if not waiting:
        _show(batch)
        return False
    _write(batch, waiting)
    batch.done += len(waiting)
    batch.moved_at = clock.now()
    return True


def _write(batch: Import, waiting: Sequence[ImportRow]) -> None:
    """Write items, their drafts and their search index, a few statements for the whole batch."""
    contents_of = [rows.load(row.question) for row in waiting]
    filing = Filing(batch, contents_of)
    values = [
        _item(batch, row, content, filing)
        for row, content in zip(waiting, contents_of, strict=True)
    ]
    ids = db.session.scalars(
        insert(Item).returning(Item.id, sort_by_parameter_order=True), values
    ).all()
    db.session.execute(
        insert(ItemDraft),
        [
            {
                "item_id": item_id,
                "content": _content(content, filing),
                "editor_id": batch.person_id,
                "revision": 1,
                "saved_at": clock.now(),
            }
            for item_id, content in zip(ids, contents_of, strict=True)
        ],
    )
    for item_id, row in zip(ids, waiting, strict=True):
        row.item_id, row.status = item_id, rows.IMPORTED
    db.session.flush()
    searching.index_items(ids)


def _item(batch: Import, row: ImportRow, content: rows.Content, filing: Filing) -> dict[str, Any]:
    topic = filing.topic_of(content)
    return {
        "organisation_id": batch.organisation_id,
        "uid": filing.uid_of(row, content),
        "theme_id": topic.theme_id,
        "topic_id": topic.topic_id,
        "source_id": filing.source_of(content),
        "import_id": batch.id,
        "author_id": batch.person_id,
        "status": DRAFT,
        "stage": EDITING,
        "kind": content.draft.kind,
        "title": item_rules.title_of(content.draft.stem),
        "difficulty": content.papers.get("difficulty", ""),
        "source_label": filing.label_of(content),
        "valid_until": content.valid_until,
        "deleted_at": ARRIVING,
    }


def _content(content: rows.Content, filing: Filing) -> str:
    papers = content.papers
    return contents.dump(
        contents.Wording(
            content.draft,
            contents.Passport(
                topic_id=filing.topic_of(content).topic_id,
                difficulty=papers.get("difficulty", ""),
                source_id=filing.source_of(content),
                clause=papers.get("clause", ""),
                verified_on=content.verified_on,
                valid_until=content.valid_until,
                workplace=papers.get("workplace", ""),
                author=papers.get("author", ""),
            ),
        )
    )


def _show(batch: Import) -> None:
    db.session.execute(
        update(Item)
        .where(Item.import_id == batch.id, Item.deleted_at == ARRIVING)
        .values(deleted_at=None)
    )
    move(batch, "done")
    audit.record("items.imported", f"import:{batch.public_id}", number=batch.done)


@atomic
def cancel(viewer: Viewer, public_id: str) -> None:
    """Stop an import at any point before its end; nothing of it stays in the bank."""
    batch = get_import(viewer, public_id, is_locked=True)
    if batch.state not in ("reading", "ready", "importing", "failed"):
        raise Refusal(_("This import is finished; it can be taken back as a whole instead."))
    arriving = select(Item.id).where(Item.import_id == batch.id, Item.deleted_at == ARRIVING)
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == batch.id, ImportRow.item_id.is_not(None))
        .values(item_id=None, status=rows.READY)
    )
    for table in (ItemDraft, ItemGram):
        db.session.execute(delete(table).where(table.item_id.in_(arriving)))
    db.session.execute(delete(Item).where(Item.import_id == batch.id, Item.deleted_at == ARRIVING))
    move(batch, "cancelled")
    audit.record("items.import_cancelled", f"import:{batch.public_id}")


@atomic
def undo(viewer: Viewer, public_id: str) -> tuple[int, int]:
    """Put the items of a finished import in the bin; return (put away, kept).

    Kept are those that somebody has edited or submitted since: their work is not thrown away.
    """
    batch = get_import(viewer, public_id, is_locked=True)
    if batch.state != "done":
        raise Refusal(_("This import is not finished; it can be stopped instead."))
    untouched = (
        select(ItemDraft.item_id)
        .join(Item, Item.id == ItemDraft.item_id)
        .where(Item.import_id == batch.id, Item.stage == EDITING, ItemDraft.revision == 1)
    )
    gone = db.session.scalars(
        update(Item)
        .where(Item.id.in_(untouched), Item.deleted_at.is_(None), Item.status == DRAFT)
        .values(deleted_at=clock.now())
        .returning(Item.id)
    ).all()
    move(batch, "undone")
    audit.record("items.import_undone", f"import:{batch.public_id}", number=len(gone))
    return len(gone), batch.done - len(gone)


@atomic
def resume_stale() -> int:
    """Wake imports whose process died: nothing moved for two minutes. Returns how many."""
    since: datetime = clock.now() - STALE
    stale = db.session.scalars(
        select(Import).where(Import.state.in_(("reading", "importing")), Import.moved_at < since)
    ).all()
    for batch in stale:
        batch.moved_at = clock.now()
        name = READ_JOB if batch.state == "reading" else WRITE_JOB
        on_commit(partial(jobs.enqueue, name, import_id=batch.id))
    return len(stale)


@atomic
def fail(import_id: int) -> None:
    """Close an import that could not be read, so that its page says so instead of waiting."""
    db.session.execute(
        update(Import)
        .where(Import.id == import_id, Import.state == "reading")
        .values(state="failed", moved_at=clock.now())
    )
