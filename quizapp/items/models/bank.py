"""Tables: topics, sources, items, the drafts and versions of their wording."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

DRAFT, CHECKED, APPROVED = "draft", "checked", "approved"
WITHDRAWN, EXPIRED = "withdrawn", "expired"
STATUSES = (DRAFT, CHECKED, APPROVED, WITHDRAWN, EXPIRED)

# Where the next wording of an item stands, beside the one that learners meet.
NO_STAGE, EDITING, RETURNED, SCHEDULED = "", "editing", "returned", "scheduled"
STAGES = (NO_STAGE, EDITING, "first", "second", "final", SCHEDULED, RETURNED)

# Items of an import under way bear this date of deletion: hidden everywhere, the bin included,
# until the last of them is written.
ARRIVING = datetime(1970, 1, 1, tzinfo=UTC)


class Topic(db.Model):  # type: ignore[name-defined]
    """What an item is about: a theme at the top, finer topics below it."""

    __tablename__ = "items_topic"
    __table_args__ = (UniqueConstraint("organisation_id", "parent_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("items_topic.id"))
    name: Mapped[str] = mapped_column(String(80))


class Source(db.Model):  # type: ignore[name-defined]
    """A document that items cite, in the edition that is in force.

    A version keeps the edition it was checked against; where the two differ, the item is to be
    checked again. ``articles`` is 0 for a document without numbered articles.
    """

    __tablename__ = "items_source"
    __table_args__ = (UniqueConstraint("organisation_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    title: Mapped[str] = mapped_column(String(200))
    short: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(120), default="")
    url: Mapped[str] = mapped_column(String(300), default="")
    articles: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class Item(db.Model):  # type: ignore[name-defined]
    """A question through all its versions.

    ``status`` is what learners meet: ``current_version_id`` is drawn while it is ``approved``, not
    suspended and not past ``valid_until`` (None: it has no end). ``checked`` says that sources were
    checked and nobody has approved it yet. ``stage`` is where the next wording stands: empty when
    there is none. Title, kind, difficulty and label are those of the newest wording, for lists.
    ``facility`` is None and ``flag`` empty until 30 people have answered.
    """

    __tablename__ = "items_item"
    __table_args__ = (
        UniqueConstraint("organisation_id", "uid"),
        Index(None, "organisation_id", "status", "valid_until"),
        Index(None, "organisation_id", "stage"),
        Index(None, "organisation_id", "flag"),
        Index(None, "topic_id"),
        Index(None, "theme_id"),
        Index(None, "source_id"),
        Index(None, "import_id"),
        CheckConstraint(f"status IN {STATUSES!r}", name="status"),
        CheckConstraint(f"stage IN {STAGES!r}", name="stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)  # also its number on the desk: #2381
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    uid: Mapped[str] = mapped_column(String(80))  # the name it has in its pack or file
    theme_id: Mapped[int] = mapped_column(ForeignKey("items_topic.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("items_topic.id"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("items_source.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("items_import.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    status: Mapped[str] = mapped_column(String(12), default=DRAFT)
    stage: Mapped[str] = mapped_column(String(12), default=NO_STAGE)
    kind: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    difficulty: Mapped[str] = mapped_column(String(10), default="")
    source_label: Mapped[str] = mapped_column(String(200), default="")
    valid_until: Mapped[date | None]  # of the current version, here for the index of the pool
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("items_version.id", use_alter=True)
    )
    facility: Mapped[float | None]
    responses: Mapped[int] = mapped_column(default=0)
    flag: Mapped[str] = mapped_column(String(40), default="")
    open_reports: Mapped[int] = mapped_column(default=0)
    is_suspended: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]


class ItemDraft(db.Model):  # type: ignore[name-defined]
    """The wording an author is working on. Saved as it is typed; becomes a version when submitted.

    ``content`` is JSON: the draft as ``question_bank`` knows it, with its passport. ``revision``
    grows with every save, so that two people who edit at once notice each other.
    """

    __tablename__ = "items_draft"

    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)


class ItemGram(db.Model):  # type: ignore[name-defined]
    """Two neighbouring characters of an item's text: the index behind search and near-duplicates.

    Full-text search of the databases splits Chinese differently or not at all; pairs find words of
    two characters, and the same on every database.
    """

    __tablename__ = "items_gram"
    __table_args__ = (Index(None, "item_id"), {"sqlite_with_rowid": False})

    gram: Mapped[str] = mapped_column(String(2), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"), primary_key=True)


class ItemVersion(db.Model):  # type: ignore[name-defined]
    """One wording of an item with its passport. Rows are added, never changed.

    ``payload`` is the item as question_bank reads it, key included; ``content_hash`` is over it
    and the passport, so that what was approved is byte for byte what is shown. ``author`` is the
    name printed in the passport, ``author_id`` the person who may not review it.
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
    valid_until: Mapped[date | None]  # None: it has no end
    workplace: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
