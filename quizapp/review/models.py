"""Tables: what is under review, who signed it, and how many levels each kind of thing needs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import FINAL, FIRST, SECOND

LEVELS = (FIRST, SECOND, FINAL)
SCHEDULED, PUBLISHED, RETURNED = "scheduled", "published", "returned"
WITHDRAWN, EXPIRED, SUPERSEDED, CANCELLED = "withdrawn", "expired", "superseded", "cancelled"
PASSED, GIVEN_BACK = "passed", "returned"  # what a signature decided
STATES = (*LEVELS, SCHEDULED, PUBLISHED, RETURNED, WITHDRAWN, EXPIRED, SUPERSEDED, CANCELLED)


class ReviewPolicy(db.Model):  # type: ignore[name-defined]
    """How many levels things of a kind pass before they are published; without a row: three."""

    __tablename__ = "review_policy"
    __table_args__ = (CheckConstraint("levels BETWEEN 1 AND 3", name="levels"),)

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("org_organisation.id"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    levels: Mapped[int]


class ReviewCase(db.Model):  # type: ignore[name-defined]
    """One wording on its way through the levels. The wording itself lives in its own room.

    ``subject`` names the kind of thing, ``subject_id`` the wording (a version), ``thread_id`` the
    thing through all its wordings. ``content_hash`` is what every signature is for. ``is_typo``
    marks the short way, second and final level only. ``publish_at`` None: as soon as it is passed.
    """

    __tablename__ = "review_case"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id"),
        Index(None, "organisation_id", "state", "moved_at"),
        Index(None, "subject", "thread_id"),
        Index(None, "state", "publish_at"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint("levels BETWEEN 1 AND 3", name="levels"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    thread_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    levels: Mapped[int]
    is_typo: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12))
    publish_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)


class Signature(db.Model):  # type: ignore[name-defined]
    """A person passed or returned a case at one level, having seen exactly this content.

    ``person_id`` None marks the demo's signature, which is labelled so: reviewers are never
    invented. ``checklist`` is JSON: the codes of the points that were ticked.
    """

    __tablename__ = "review_signature"
    __table_args__ = (
        UniqueConstraint("case_id", "stage"),
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint("stage IN ('first', 'second', 'final', 'demo')", name="stage"),
        CheckConstraint("decision IN ('passed', 'returned')", name="decision"),
        CheckConstraint("(stage = 'demo') = (person_id IS NULL)", name="person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("review_case.id"))
    stage: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    checklist: Mapped[str] = mapped_column(Text, default="[]")
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
