"""Tables: people, their roles, sign-ins, one-time links and consents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id


class Person(db.Model):  # type: ignore[name-defined]
    """An employee. ``number_key`` is the employee number as it is compared.

    No last sign-in is stored: nobody could be asked why it is long ago.
    """

    __tablename__ = "accounts_person"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number_key"),
        Index(None, "organisation_id", "name"),
        CheckConstraint("consent IN ('unasked', 'granted', 'declined')", name="consent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    employee_number: Mapped[str] = mapped_column(String(40))
    number_key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    post: Mapped[str] = mapped_column(String(60), default="")
    locale: Mapped[str | None] = mapped_column(String(8))
    is_large: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_expires_at: Mapped[datetime | None]  # one-time passwords only
    epoch: Mapped[int] = mapped_column(default=0)  # a step ends every session at once
    consent: Mapped[str] = mapped_column(String(10), default="unasked")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class RoleGrant(db.Model):  # type: ignore[name-defined]
    """A role of a person for a unit and all below it."""

    __tablename__ = "accounts_role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"), Index(None, "unit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)


class Session(db.Model):  # type: ignore[name-defined]
    """A sign-in on a device. The cookie holds the secret, the row its fingerprint."""

    __tablename__ = "accounts_session"
    __table_args__ = (Index(None, "person_id", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    secret_print: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    device: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]


class OneTimeLink(db.Model):  # type: ignore[name-defined]
    """A link that signs in, or sets up, once. GET shows a button, POST consumes."""

    __tablename__ = "accounts_one_time_link"
    __table_args__ = (CheckConstraint("purpose IN ('sign_in', 'setup')", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    secret_print: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Consent(db.Model):  # type: ignore[name-defined]
    """What a person decided about points, and under which notice."""

    __tablename__ = "accounts_consent"
    __table_args__ = (Index(None, "person_id", "decided_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    decision: Mapped[str] = mapped_column(String(10))
    notice_version: Mapped[int]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)


class SignInDelay(db.Model):  # type: ignore[name-defined]
    """Failed sign-ins of an account or an address, by fingerprint, and until when it waits."""

    __tablename__ = "accounts_sign_in_delay"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]


ROSTER_STATES = ("checking", "ready", "applying", "applied", "cancelled")


class RosterFile(db.Model):  # type: ignore[name-defined]
    """A roster that was uploaded: checked as a dry run, then applied or put away.

    Its rows are the plan as it was made on ``planned_on`` in ``locale``; ``digest`` names the
    changes of that plan, and nothing but these is applied. ``summary`` is JSON: counts, and what
    is said about the file as a whole. ``moved_at`` is when its state changed last.
    """

    __tablename__ = "accounts_roster_file"
    __table_args__ = (
        Index(None, "person_id", "created_at"),
        CheckConstraint(f"state IN {ROSTER_STATES!r}", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    filename: Mapped[str] = mapped_column(String(160))
    blob_ref: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="checking")
    locale: Mapped[str] = mapped_column(String(8))
    planned_on: Mapped[date | None]
    digest: Mapped[str] = mapped_column(String(64), default="")
    total: Mapped[int] = mapped_column(default=0)
    took_ms: Mapped[int] = mapped_column(default=0)
    summary: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[datetime | None]


class RosterRow(db.Model):  # type: ignore[name-defined]
    """A line of an uploaded roster and what would become of it; ``content`` is JSON."""

    __tablename__ = "accounts_roster_row"
    __table_args__ = (Index(None, "file_id", "result", "position"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("accounts_roster_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str] = mapped_column(String(40), default="")
    line: Mapped[int]
    result: Mapped[str] = mapped_column(String(12))
    is_unit: Mapped[bool] = mapped_column(default=False)
    is_flagged: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(80), default="")
    content: Mapped[str] = mapped_column(Text)


class DutyFile(db.Model):  # type: ignore[name-defined]
    """A table of absences or shifts that was uploaded: rehearsed, then applied or put away.

    ``content`` are its lines and ``outcomes`` what they do, both JSON. The lines are deleted once
    they are applied or put away.
    """

    __tablename__ = "accounts_duty_file"
    __table_args__ = (
        Index(None, "person_id", "created_at"),
        CheckConstraint("kind IN ('absences', 'shifts')", name="kind"),
        CheckConstraint("state IN ('ready', 'applied', 'cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    filename: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(10), default="ready")
    content: Mapped[str] = mapped_column(Text)
    outcomes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)
