"""Tables: assignments, whom they are for, who has done them, and what somebody put aside.

There is no row for each person who is meant: a task for a unit is one row, and a person's list is
read over the units above them. So a task for a company costs what a task for a team costs.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import PERSON, UNIT, WISHES


class Assignment(db.Model):  # type: ignore[name-defined]
    """Something that people are asked to do by a day: a quiz, later a material or a club task.

    ``subject_kind`` and ``subject_id`` (a public id) name it; what it is and whether it is open
    says the room that registered the kind. ``title`` is what it was called when it was assigned.
    ``unit_id`` is the scope it was assigned from. ``done`` counts the rows of ``Done``.
    """

    __tablename__ = "agenda_assignment"
    __table_args__ = (
        Index(None, "organisation_id", "due_on"),
        Index(None, "assigned_by", "due_on"),
        Index(None, "unit_id", "due_on"),
        Index(None, "subject_id"),
        CheckConstraint(f"wish IN {WISHES!r}", name="wish"),
        CheckConstraint("wish <> 'statutory' OR legal_basis <> ''", name="legal_basis"),
        CheckConstraint("done >= 0", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(120))
    assigned_by: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    due_on: Mapped[date]
    wish: Mapped[str] = mapped_column(String(12))
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]


class Target(db.Model):  # type: ignore[name-defined]
    """Whom an assignment is for: a unit with all below it, or a person. Clubs will be a kind too.

    ``due_on`` is that of the assignment, so that one range of an index is what a list needs.
    """

    __tablename__ = "agenda_target"
    __table_args__ = (
        UniqueConstraint("assignment_id", "unit_id"),
        UniqueConstraint("assignment_id", "person_id"),
        Index(None, "unit_id", "due_on"),
        Index(None, "person_id", "due_on"),
        CheckConstraint(f"kind IN {(UNIT, PERSON)!r}", name="kind"),
        CheckConstraint("(kind = 'unit') = (unit_id IS NOT NULL)", name="unit"),
        CheckConstraint("(kind = 'person') = (person_id IS NOT NULL)", name="person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("agenda_assignment.id"))
    kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    due_on: Mapped[date]


class Done(db.Model):  # type: ignore[name-defined]
    """A person did what an assignment asks, on a learning day. Written once.

    Read by its own person only; everybody else is told a number, from five people on.
    """

    __tablename__ = "agenda_done"
    __table_args__ = (Index(None, "person_id"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("agenda_assignment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"), primary_key=True)
    day: Mapped[date]


class Aside(db.Model):  # type: ignore[name-defined]
    """A person put a task aside for now. Nobody else ever reads this table."""

    __tablename__ = "agenda_aside"
    __table_args__ = (Index(None, "person_id"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("agenda_assignment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"), primary_key=True)
