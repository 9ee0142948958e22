"""Tables: the paired displays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import BOARD, HOURS


class Display(db.Model):  # type: ignore[name-defined]
    """A television. Its cookie holds a secret that opens its board and nothing else."""

    __tablename__ = "boards_display"
    __table_args__ = (
        Index(None, "organisation_id", "revoked_at"),
        Index(None, "unit_id"),
        CheckConstraint("distance_m IN (4, 6, 8, 10)", name="distance"),
        CheckConstraint("theme IN ('dark', 'light')", name="theme"),
        CheckConstraint("shows IN ('board', 'preshift', 'rotate')", name="shows"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(String(80))
    secret_print: Mapped[str] = mapped_column(String(64), unique=True)
    distance_m: Mapped[int] = mapped_column(default=8)
    theme: Mapped[str] = mapped_column(String(10), default="dark")
    shows: Mapped[str] = mapped_column(String(10), default=BOARD)
    hours: Mapped[str] = mapped_column(String(80), default=HOURS)  # of the pre-shift question
    paired_at: Mapped[datetime] = mapped_column(default=clock.now)
    paired_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    revoked_at: Mapped[datetime | None]
