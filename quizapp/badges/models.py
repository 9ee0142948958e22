"""Tables: badges and their rules, awards, who waits to be looked at, season places, issuer keys."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import BigKey, db
from quizapp.core.security import public_id

from .rules import ACTIVE, DRAFT, KINDS, RETIRED, REVOKED, SUSPENDED, TONES, VALID


def new_credential_id() -> str:
    """Return a fresh name of a credential: a UUID, which names it in lists of revoked ones."""
    return str(uuid4())


class Badge(db.Model):  # type: ignore[name-defined]
    """What can be earned, and by which rule: so often, or in a season at best that place.

    ``topic_id`` is no foreign key: topics may be merged while a badge on one stays earned, so its
    name is kept beside it. ``criterion`` is the rule as one sentence, written when the badge
    becomes active; from then on only its state changes, since credentials repeat the rest.
    """

    __tablename__ = "badges_badge"
    __table_args__ = (
        Unique("organisation_id", "name"),
        Index(None, "organisation_id", "state"),
        CheckConstraint(f"state IN {(DRAFT, ACTIVE, RETIRED)!r}", name="state"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"tone IN {TONES!r}", name="tone"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(kind = 'mastery') = (topic_id IS NOT NULL)", name="topic"),
        CheckConstraint("(kind = 'activity') = (activity <> '')", name="activity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    name: Mapped[str] = mapped_column(String(24))
    description: Mapped[str] = mapped_column(String(200), default="")
    criterion: Mapped[str] = mapped_column(Text, default="")
    icon: Mapped[str] = mapped_column(String(20))
    tone: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    topic_id: Mapped[int | None]
    topic_name: Mapped[str] = mapped_column(String(80), default="")
    activity: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class Award(db.Model):  # type: ignore[name-defined]
    """A person earned a badge, once. ``reached`` is what the facts came to at that moment.

    ``issued_at`` has whole seconds, as the credential states it. ``share_token`` is there while
    the owner shows the badge; taking it back forgets it, and another one comes the next time.
    ``state_reason`` is for the owner; ``told_at`` is when they had read it.
    """

    __tablename__ = "badges_award"
    __table_args__ = (
        Unique("person_id", "badge_id"),
        Index(None, "badge_id"),
        Index(None, "state"),
        CheckConstraint(f"state IN {(VALID, SUSPENDED, REVOKED)!r}", name="state"),
        CheckConstraint("(state = 'valid') = (state_reason = '')", name="reason"),
        CheckConstraint("(share_token IS NULL) = (shared_at IS NULL)", name="share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    credential_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_credential_id)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badges_badge.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    reached: Mapped[int]
    season_id: Mapped[int | None] = mapped_column(ForeignKey("points_season.id"))
    issued_at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(24), default=public_id)
    share_token: Mapped[str | None] = mapped_column(String(40), unique=True)
    shared_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10), default=VALID)
    state_at: Mapped[datetime | None]
    state_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    state_reason: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[datetime | None]


class Waiting(db.Model):  # type: ignore[name-defined]
    """A person something became a fact about, who is to be looked at; rows are only added here."""

    __tablename__ = "badges_waiting"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))


class SeasonPlace(db.Model):  # type: ignore[name-defined]
    """A unit whose points counted for a team with a place of honour in a season that was closed."""

    __tablename__ = "badges_season_place"

    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    rank: Mapped[int]


class IssuerKey(db.Model):  # type: ignore[name-defined]
    """A key that signs credentials. The newest that is neither retired nor revoked signs.

    ``private`` is encrypted; ``public`` is its public half as a JWK (JSON). A retired key stays
    published, since what it signed stays good; a revoked one does not.
    """

    __tablename__ = "badges_issuer_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    private: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")
