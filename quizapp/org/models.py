"""Tables: organisations, units and their history, dated memberships, absences, shift calendars."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import CHANGES, KINDS


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


class UnitHistory(db.Model):  # type: ignore[name-defined]
    """What became of a unit from ``changed_on`` on, and what it was called until then.

    ``other_id``: merged, the unit it went into; split, the unit it came out of; moved, the unit it
    lay below before; None when it was renamed.
    """

    __tablename__ = "org_unit_history"
    __table_args__ = (
        Index(None, "unit_id", "changed_on"),
        Index(None, "other_id"),
        CheckConstraint(f"change IN {CHANGES!r}", name="change"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    change: Mapped[str] = mapped_column(String(10))
    changed_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(80))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ShiftPattern(db.Model):  # type: ignore[name-defined]
    """A rhythm of shifts that repeats: one letter a day, beginning on ``anchor_on``.

    The letters are those of ``rules.SHIFTS``: day, middle, night, rest.
    """

    __tablename__ = "org_shift_pattern"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    cycle: Mapped[str] = mapped_column(String(120))
    anchor_on: Mapped[date]


class ShiftAssignment(db.Model):  # type: ignore[name-defined]
    """Who works by a pattern from ``starts_on`` until before ``ends_on`` (None: still).

    Either a unit, with all below that has none of its own, or one person, whose own goes before
    the unit's. ``offset_days``: how many days this crew is ahead in the pattern.
    """

    __tablename__ = "org_shift_assignment"
    __table_args__ = (
        Index(None, "pattern_id"),
        Index(None, "unit_id", "starts_on"),
        Index(None, "person_id", "starts_on"),
        CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="one"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pattern_id: Mapped[int] = mapped_column(ForeignKey("org_shift_pattern.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    offset_days: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
