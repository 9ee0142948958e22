"""Tables: what learners report about an item, and the corrections that came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

OPEN, ACCEPTED, DECLINED = "open", "accepted", "declined"
REASONS = ("key", "wording", "outdated", "source", "other")


class Report(db.Model):  # type: ignore[name-defined]
    """A learner says that something about a version is wrong. One report a person and version."""

    __tablename__ = "items_report"
    __table_args__ = (
        UniqueConstraint("version_id", "person_id"),
        Index(None, "organisation_id", "state", "created_at"),
        Index(None, "item_id"),
        CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state"),
        CheckConstraint(f"reason IN {REASONS!r}", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    reason: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    is_expert: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    handled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Correction(db.Model):  # type: ignore[name-defined]
    """A public note that an item was put right; with a changed key, its answers are graded again.

    ``regraded`` and ``credited`` count responses looked at and responses that gained; both are
    None until the grading is through.
    """

    __tablename__ = "items_correction"
    __table_args__ = (Index(None, "organisation_id", "at"), Index(None, "item_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"))
    old_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    new_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    is_key_changed: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    regraded: Mapped[int | None]
    credited: Mapped[int | None]
