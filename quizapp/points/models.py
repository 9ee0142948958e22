"""Tables: the ledger and the seasons. Entries are added, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import METHODS, SHRUNKEN_MEAN


class Entry(db.Model):  # type: ignore[name-defined]
    """A line of the ledger: who, for which unit and day, what, how often, how much and why.

    ``amount`` 0 is a line too; ``reason`` then says why: cap, rapid, quiet. A correction names the
    entry it corrects and may be negative.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        UniqueConstraint("beneficiary", "source"),
        Index(None, "beneficiary", "day"),
        Index(None, "unit_id", "day"),
        Index(None, "day"),
        CheckConstraint("amount >= 0 OR corrects_id IS NOT NULL", name="amount"),
        CheckConstraint("amount > 0 OR reason IS NOT NULL", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary: Mapped[str] = mapped_column(String(24))  # u:<person> or t:<unit>
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    day: Mapped[date]
    activity: Mapped[str] = mapped_column(String(40))
    quantity: Mapped[int]
    amount: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(20))
    rule_version: Mapped[int]
    source: Mapped[str] = mapped_column(String(80))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("points_entry.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    note: Mapped[str | None] = mapped_column(String(200))  # why its author corrected by hand
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class StoredRules(db.Model):  # type: ignore[name-defined]
    """A version of the rules that an organisation gave itself, from the learning day ``since`` on.

    Each rule is ``[activity, points, limit a day, limit a week or null]``. A version that has begun
    is never changed: entries name the one they were earned under.
    """

    __tablename__ = "points_rules"
    __table_args__ = (
        UniqueConstraint("organisation_id", "version"),
        UniqueConstraint("organisation_id", "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    version: Mapped[int]
    since: Mapped[date]
    rules: Mapped[list[list[Any]]] = mapped_column(JSON)
    day_limit: Mapped[int]
    week_limit: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Season(db.Model):  # type: ignore[name-defined]
    """At most 13 weeks in which team scores are compared; ``ends_on`` is the last day.

    ``closed_at`` is set once its boards are frozen: from then on nothing of it is changed.
    """

    __tablename__ = "points_season"
    __table_args__ = (
        UniqueConstraint("organisation_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint(f"method IN {METHODS!r}", name="method"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(20), default=SHRUNKEN_MEAN)
    closed_at: Mapped[datetime | None]
