"""Table: the pictures, sounds and films of an organisation's items."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db


class ItemMedia(db.Model):  # type: ignore[name-defined]
    """A file that items of one organisation may show. ``ref`` names its bytes in ``core.storage``.

    Width and height are None for sound.
    """

    __tablename__ = "items_media"
    __table_args__ = (
        UniqueConstraint("organisation_id", "ref"),
        CheckConstraint("kind IN ('image', 'audio', 'video', 'captions')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    ref: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    content_type: Mapped[str] = mapped_column(String(60))
    width: Mapped[int | None]
    height: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(120), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
