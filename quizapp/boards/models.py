"""Tables: the paired displays, and what is written on walls."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import CONSENTS, DEFAULT_PAGES, HOURS, KINDS, write_pages


class Display(db.Model):  # type: ignore[name-defined]
    """A television. Its cookie holds a secret that opens its board and nothing else."""

    __tablename__ = "boards_display"
    __table_args__ = (
        Index(None, "organisation_id", "revoked_at"),
        Index(None, "unit_id"),
        CheckConstraint("distance_m IN (4, 6, 8, 10)", name="distance"),
        CheckConstraint("theme IN ('dark', 'light')", name="theme"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(String(80))
    secret_print: Mapped[str] = mapped_column(String(64), unique=True)
    distance_m: Mapped[int] = mapped_column(default=8)
    theme: Mapped[str] = mapped_column(String(10), default="dark")
    pages: Mapped[str] = mapped_column(String(120), default=lambda: write_pages(DEFAULT_PAGES))
    hours: Mapped[str] = mapped_column(String(80), default=HOURS)  # of the pre-shift question
    awake: Mapped[str] = mapped_column(String(20), default="")  # a span of the day; empty: always
    paired_at: Mapped[datetime] = mapped_column(default=clock.now)
    paired_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # as the store knew it, written down now and then


class Bulletin(db.Model):  # type: ignore[name-defined]
    """Something written on walls: a notice, an event, a countdown or a citation.

    A citation honours a team or a person. ``name`` and ``under`` are fixed when it is written: they
    belong to the wording to which the person says yes or no. ``consent`` is None for everything
    but a person's citation, and nothing of that is shown unless it is ``agreed``.
    """

    __tablename__ = "boards_bulletin"
    __table_args__ = (
        Index(None, "organisation_id", "ends_on"),
        Index(None, "person_id", "ends_on"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"consent IS NULL OR consent IN {CONSENTS!r}", name="consent"),
        CheckConstraint("(consent IS NULL) = (person_id IS NULL)", name="consent_of_person"),
        CheckConstraint(
            "(kind = 'citation') = (person_id IS NOT NULL OR team_id IS NOT NULL)", name="honoured"
        ),
        CheckConstraint("person_id IS NULL OR team_id IS NULL", name="one_honoured"),
        CheckConstraint("(kind = 'event') = (begins_at IS NOT NULL)", name="begins"),
        CheckConstraint("(kind = 'countdown') = (day IS NOT NULL)", name="day"),
        CheckConstraint("starts_on <= ends_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(120), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    begins_at: Mapped[datetime | None]
    join_until: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(40), default="")
    host: Mapped[str] = mapped_column(String(40), default="")
    seats: Mapped[str] = mapped_column(String(40), default="")
    link: Mapped[str] = mapped_column(String(200), default="")
    day: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    under: Mapped[str] = mapped_column(String(40), default="")
    consent: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_down_at: Mapped[datetime | None]


class BulletinUnit(db.Model):  # type: ignore[name-defined]
    """A unit on whose walls, and on those of all below it, a bulletin is shown."""

    __tablename__ = "boards_bulletin_unit"
    __table_args__ = (Index(None, "unit_id"),)

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("boards_bulletin.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)


class Edition(db.Model):  # type: ignore[name-defined]
    """How often the bulletins of an organisation changed: what the store keeps of them goes by it.

    The row is written in the transaction of the change, so a store that was away shows nothing that
    was withdrawn meanwhile.
    """

    __tablename__ = "boards_edition"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("org_organisation.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(default=0)
