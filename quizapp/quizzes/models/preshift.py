"""Tables: the question before a shift and what a team answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id


class Preshift(db.Model):  # type: ignore[name-defined]
    """The question of a team for a shift; ``option_seed`` orders its options."""

    __tablename__ = "quizzes_preshift"
    __table_args__ = (
        UniqueConstraint("unit_id", "day", "slot"),
        Index(None, "day", "slot"),
        CheckConstraint("slot IN ('A', 'B', 'C')", name="slot"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    day: Mapped[date]
    slot: Mapped[str] = mapped_column(String(1))
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"))
    item_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    option_seed: Mapped[int]
    prepared_at: Mapped[datetime] = mapped_column(default=clock.now)


class PreshiftAnswer(db.Model):  # type: ignore[name-defined]
    """What a team answered, once. ``hands`` is JSON: how many hands an option got, nobody's name.

    ``recorded_by`` None: it was entered on the wall itself, with the code of the shift.
    """

    __tablename__ = "quizzes_preshift_answer"
    __table_args__ = (CheckConstraint("way IN ('tv', 'kiosk', 'paper')", name="way"),)

    preshift_id: Mapped[int] = mapped_column(ForeignKey("quizzes_preshift.id"), primary_key=True)
    given: Mapped[str] = mapped_column(Text)  # JSON: the option ids
    hands: Mapped[str] = mapped_column(Text, default="{}")
    is_correct: Mapped[bool]
    way: Mapped[str] = mapped_column(String(10))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
