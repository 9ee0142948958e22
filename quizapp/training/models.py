"""Tables: courses in editions, what they teach and to whom, certificates, results from paper."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import CLOSED, DRAFT, KINDS, PUBLISHED

STATES = (DRAFT, PUBLISHED, CLOSED)


class Course(db.Model):  # type: ignore[name-defined]
    """A statutory course through all its editions; ``unit_id`` is whose course it is."""

    __tablename__ = "training_course"
    __table_args__ = (Index(None, "organisation_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Edition(db.Model):  # type: ignore[name-defined]
    """A course as it is taught from a day on. Once published it never changes.

    ``hours`` is what the law asks for, a number on the certificate; nothing measures it.
    ``validity_months`` None: a certificate has no end. ``window_days`` before its end the course
    comes back to its people. ``complete_by`` is until when everybody without a certificate is to
    have one, None: the course names no day. ``exam`` is JSON, as ``service.exams`` reads it, and
    ``blueprint_id`` the quiz that was made of it when the edition was published.
    """

    __tablename__ = "training_edition"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index(None, "state"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint("hours > 0", name="hours"),
        CheckConstraint("validity_months IS NULL OR validity_months > 0", name="validity"),
        CheckConstraint("window_days >= 0", name="window"),
        CheckConstraint("state = 'draft' OR blueprint_id IS NOT NULL", name="exam"),
        CheckConstraint("legal_document <> '' AND legal_clause <> ''", name="legal_basis"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"))
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    title: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))
    legal_document: Mapped[str] = mapped_column(String(100))
    legal_clause: Mapped[str] = mapped_column(String(60))
    legal_words: Mapped[str] = mapped_column(Text, default="")
    hours: Mapped[int]
    validity_months: Mapped[int | None]
    window_days: Mapped[int] = mapped_column(default=60)
    complete_by: Mapped[date | None]
    exam: Mapped[str] = mapped_column(Text)
    blueprint_id: Mapped[int | None] = mapped_column(
        ForeignKey("quizzes_blueprint.id"), unique=True
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]


class Section(db.Model):  # type: ignore[name-defined]
    """A part of what an edition teaches: plain text, and perhaps a document of the bank to read.

    ``source`` and ``source_url`` are what the document was called when the section was saved.
    """

    __tablename__ = "training_section"

    edition_id: Mapped[int] = mapped_column(ForeignKey("training_edition.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    heading: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("items_source.id"))
    source: Mapped[str] = mapped_column(String(330), default="")
    source_url: Mapped[str] = mapped_column(String(300), default="")


class EditionAudience(db.Model):  # type: ignore[name-defined]
    """A unit whose people, with all below it, are to have the certificate."""

    __tablename__ = "training_audience"
    __table_args__ = (Index(None, "unit_id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("training_edition.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)


class PaperResult(db.Model):  # type: ignore[name-defined]
    """A statutory exam taken on paper: passed or not, on which day, and who entered it."""

    __tablename__ = "training_paper_result"
    __table_args__ = (UniqueConstraint("edition_id", "person_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("training_edition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    held_on: Mapped[date]
    is_passed: Mapped[bool]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Certificate(db.Model):  # type: ignore[name-defined]
    """A person passed an edition of a course on a learning day; proven by an attempt or by paper.

    ``valid_until`` is its last day, None: no end; from ``due_on`` on the course comes back to the
    person. ``unit_id`` is the team on that day. A row stays when it is withdrawn: with its reason,
    and with the day taken, so that telling the same pass again makes no second one.
    """

    __tablename__ = "training_certificate"
    __table_args__ = (
        UniqueConstraint("person_id", "edition_id", "passed_on"),
        Index(None, "course_id", "person_id"),
        Index(None, "edition_id"),
        CheckConstraint("(attempt_id IS NULL) <> (paper_id IS NULL)", name="proof"),
        CheckConstraint("valid_until IS NULL OR valid_until >= passed_on", name="days"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    check_code: Mapped[str] = mapped_column(String(24), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("training_course.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("training_edition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    passed_on: Mapped[date]
    valid_until: Mapped[date | None]
    due_on: Mapped[date | None]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("quizzes_attempt.id"), unique=True)
    paper_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_paper_result.id"), unique=True
    )
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")


class ResultFile(db.Model):  # type: ignore[name-defined]
    """Results from paper as a file, checked as a dry run, then entered or put away.

    ``rows`` is JSON of what the file says, emptied as soon as nobody needs it any more.
    """

    __tablename__ = "training_result_file"
    __table_args__ = (
        Index(None, "person_id", "state"),
        Index(None, "edition_id"),
        CheckConstraint("state IN ('ready', 'applied', 'cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("training_edition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    filename: Mapped[str] = mapped_column(String(160))
    rows: Mapped[str] = mapped_column(Text)
    entered: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="ready")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
