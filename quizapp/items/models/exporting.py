"""Table: a selection of items on its way out of the bank."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id


class Export(db.Model):  # type: ignore[name-defined]
    """A file that is being written for somebody, and kept for a week.

    ``selection`` is JSON: the ids of the items, in the order of the file. ``left_out`` is JSON:
    what the format could not carry.
    """

    __tablename__ = "items_export"
    __table_args__ = (
        Index(None, "person_id", "created_at"),
        Index(None, "created_at"),
        CheckConstraint("state IN ('writing', 'done', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    format: Mapped[str] = mapped_column(String(20))
    has_key: Mapped[bool] = mapped_column(default=True)
    selection: Mapped[str] = mapped_column(Text)
    total: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="writing")
    filename: Mapped[str] = mapped_column(String(160), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    blob_ref: Mapped[str] = mapped_column(String(64), default="")
    left_out: Mapped[str] = mapped_column(Text, default="[]")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
