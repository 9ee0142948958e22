"""Tables: a file that was uploaded for import, and each question found in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

IMPORT_STATES = ("reading", "ready", "importing", "done", "cancelled", "undone", "failed")
ROW_STATUSES = ("ready", "fixed", "duplicate", "decision", "refused", "skipped", "imported")


class Import(db.Model):  # type: ignore[name-defined]
    """One uploaded file on its way into the bank: first a dry run, then the import itself.

    ``settings`` is JSON: the topic, the format when the author chose one. ``total`` and ``done``
    count questions of the step under way; ``problems`` is JSON about the file as a whole.
    """

    __tablename__ = "items_import"
    __table_args__ = (
        Index(None, "organisation_id", "created_at"),
        CheckConstraint(f"state IN {IMPORT_STATES!r}", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    filename: Mapped[str] = mapped_column(String(160))
    blob_ref: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(20), default="")
    encoding: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(12), default="reading")
    settings: Mapped[str] = mapped_column(Text, default="{}")
    problems: Mapped[str] = mapped_column(Text, default="[]")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    took_ms: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)


class ImportRow(db.Model):  # type: ignore[name-defined]
    """One question of a file: what was read, what is wrong with it, what became of it.

    ``question`` and ``problems`` are JSON. ``choice`` is what a person decided, empty before.
    ``similar_id`` is the item of the bank it repeats, ``similar_position`` the question of the
    same file, ``similarity`` in percent.
    """

    __tablename__ = "items_import_row"
    __table_args__ = (
        Index(None, "import_id", "status", "position"),
        CheckConstraint(f"status IN {ROW_STATUSES!r}", name="status"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("items_import.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    question: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text, default="[]")
    choice: Mapped[str] = mapped_column(String(40), default="")
    similar_id: Mapped[int | None] = mapped_column(ForeignKey("items_item.id"))
    similar_position: Mapped[int | None]
    similarity: Mapped[int | None]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items_item.id"))
