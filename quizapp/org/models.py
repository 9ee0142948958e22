"""Tables: organisations, units, dated memberships, absences."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import KINDS


class Organisation(db.Model):  # type: ignore[name-defined]
    """One customer: a group of companies. Nothing crosses from one to another."""

    __tablename__ = "org_organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(60), default="Asia/Shanghai")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)  # a PNG we encoded ourselves
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Unit(db.Model):  # type: ignore[name-defined]
    """A node of the administrative tree: group, company, plant, workshop or team.

    ``path`` holds the ids from the root down, ``/1/5/9/``: everything below a unit is one range of
    an index. Teams merge and are renamed; what they earned stays with the row of that time.
    """

    __tablename__ = "org_unit"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        Index(None, "organisation_id", "path"),
        Index(None, "parent_id"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(40))
    path: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Membership(db.Model):  # type: ignore[name-defined]
    """A person in a unit from ``starts_on`` until before ``ends_on`` (None: still).

    At most one primary membership holds on a day; it earns. ``org.service`` sees to that.
    """

    __tablename__ = "org_membership"
    __table_args__ = (
        Index(None, "person_id", "starts_on"),
        Index(None, "unit_id", "starts_on"),
        UniqueConstraint("person_id", "unit_id", "kind", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(String(12), default="primary")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Absence(db.Model):  # type: ignore[name-defined]
    """Days on which a person does not count as a member: leave, secondment. No reason is kept."""

    __tablename__ = "org_absence"
    __table_args__ = (
        Index(None, "person_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
