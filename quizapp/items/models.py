"""Tables: topics, items, versions with their passport, sign-offs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

DRAFT, CHECKED, APPROVED, WITHDRAWN = "draft", "checked", "approved", "withdrawn"
STATUSES = (DRAFT, CHECKED, APPROVED, WITHDRAWN)


class Topic(db.Model):  # type: ignore[name-defined]
    """What an item is about: a theme at the top, finer topics below it."""

    __tablename__ = "items_topic"
    __table_args__ = (UniqueConstraint("organisation_id", "parent_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("items_topic.id"))
    name: Mapped[str] = mapped_column(String(80))


class Item(db.Model):  # type: ignore[name-defined]
    """A question through all its versions; ``current_version_id`` is the one that is drawn.

    ``checked`` says: sources were checked, nobody has approved it yet. Only approved items are
    drawn.
    """

    __tablename__ = "items_item"
    __table_args__ = (
        UniqueConstraint("organisation_id", "uid"),
        Index(None, "organisation_id", "status", "valid_until"),
        CheckConstraint(f"status IN {STATUSES!r}", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    uid: Mapped[str] = mapped_column(String(80))  # the name it has in its pack
    theme_id: Mapped[int] = mapped_column(ForeignKey("items_topic.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("items_topic.id"))
    status: Mapped[str] = mapped_column(String(12), default=DRAFT)
    valid_until: Mapped[date]  # of the current version, here for the index of the pool
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("items_version.id", use_alter=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ItemVersion(db.Model):  # type: ignore[name-defined]
    """One wording of an item with its passport. Rows are added, never changed.

    ``payload`` is the item as question_bank reads it, key included; ``content_hash`` is over it
    and the passport, so that what was approved is byte for byte what is shown.
    """

    __tablename__ = "items_version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[str] = mapped_column(Text)
    difficulty: Mapped[str] = mapped_column(String(10))
    source_title: Mapped[str] = mapped_column(String(200))
    source_short: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(120))
    clause: Mapped[str] = mapped_column(String(80))
    source_url: Mapped[str] = mapped_column(String(300))
    author: Mapped[str] = mapped_column(String(80))
    verified_on: Mapped[date]
    valid_until: Mapped[date]
    workplace: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class SignOff(db.Model):  # type: ignore[name-defined]
    """A reviewer vouches for exactly one version: three levels, three people.

    ``person_id`` None marks the demo's sign-off, which is labelled so: reviewers are never
    invented.
    """

    __tablename__ = "items_sign_off"
    __table_args__ = (
        UniqueConstraint("version_id", "stage"),
        UniqueConstraint("version_id", "person_id"),
        CheckConstraint("stage IN ('first', 'second', 'final', 'demo')", name="stage"),
        CheckConstraint("(stage = 'demo') = (person_id IS NULL)", name="person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    stage: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now)
