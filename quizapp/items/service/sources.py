"""The documents that items cite, and what is to be checked again when one has a new edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from .. import rules
from ..models import Item, ItemVersion, Source

MAX_ARTICLES = 9999


@dataclass(frozen=True)
class SourceLine:
    """A document: ``count`` items cite it, ``outdated`` of them were checked against another
    edition."""

    id: int
    public_id: str
    title: str
    short: str
    edition: str
    url: str
    articles: int
    count: int
    outdated: int


def list_sources(organisation_id: int) -> list[SourceLine]:
    """Return the documents of an organisation by their short names; two statements."""
    counts = {
        row.source_id: (row.count, row.outdated or 0)
        for row in db.session.execute(
            select(
                Item.source_id,
                func.count().label("count"),
                func.sum((ItemVersion.edition != Source.edition).cast(db.Integer)).label(
                    "outdated"
                ),
            )
            .join(Source, Source.id == Item.source_id)
            .outerjoin(ItemVersion, ItemVersion.id == Item.current_version_id)
            .where(Item.organisation_id == organisation_id, Item.deleted_at.is_(None))
            .group_by(Item.source_id)
        )
    }
    rows = db.session.scalars(
        select(Source).where(Source.organisation_id == organisation_id).order_by(Source.short)
    )
    return [_line(row, *counts.get(row.id, (0, 0))) for row in rows]


def _line(row: Source, count: int, outdated: int) -> SourceLine:
    return SourceLine(
        id=row.id,
        public_id=row.public_id,
        title=row.title,
        short=row.short,
        edition=row.edition,
        url=row.url,
        articles=row.articles,
        count=count,
        outdated=outdated,
    )


def get_source(organisation_id: int, source_id: int | None) -> SourceLine | None:
    """Return a document by its id, uncounted; None when the organisation has no such one."""
    row = db.session.get(Source, source_id) if source_id else None
    return _line(row, 0, 0) if row and row.organisation_id == organisation_id else None


def names_of_sources(organisation_id: int) -> list[SourceLine]:
    """Return the documents for a chooser, uncounted; one statement."""
    rows = db.session.scalars(
        select(Source).where(Source.organisation_id == organisation_id).order_by(Source.short)
    )
    return [_line(row, 0, 0) for row in rows]


@dataclass(frozen=True, kw_only=True)
class SourceForm:
    """What a person says about a document; ``articles`` 0: its articles are not numbered."""

    title: str
    short: str = ""
    edition: str = ""
    url: str = ""
    articles: int = 0


@atomic
def make_source(organisation_id: int, text: str, edition: str = "") -> int:
    """Return the document that a typed name means, made when there is none.

    Book title marks around the name make no difference. Raises Refusal for an empty one.
    """
    name = text.strip().strip("《》").strip()[:200]
    if not name:
        raise Refusal(_("Name the document."), status=422, field="source")
    found = db.session.scalar(
        select(Source.id)
        .where(
            Source.organisation_id == organisation_id,
            (Source.title == name) | (Source.short == name),
        )
        .limit(1)
    )
    if found:
        return found
    source = Source(
        organisation_id=organisation_id,
        title=name,
        short=name[:80],
        edition=edition.strip()[:120],
    )
    db.session.add(source)
    db.session.flush()
    return source.id


@atomic
def save_source(viewer: Viewer, public_id: str | None, form: SourceForm) -> str:
    """Add a document (``public_id`` None) or change one; return its public id.

    A changed short name goes to the labels of its items; versions keep what was signed. Raises
    Refusal for an empty or taken title or a wrong address, LookupError for documents of others.
    """
    title = form.title.strip().strip("《》").strip()[:200]
    if not title:
        raise Refusal(_("Name the document."), status=422, field="title")
    if form.url and urlsplit(form.url).scheme not in ("http", "https"):
        raise Refusal(_("An address begins with https://."), status=422, field="url")
    source = (
        _own(viewer, public_id) if public_id else Source(organisation_id=viewer.organisation_id)
    )
    taken = db.session.scalar(
        select(Source.id).where(
            Source.organisation_id == viewer.organisation_id,
            Source.title == title,
            Source.id != (source.id or 0),
        )
    )
    if taken:
        raise Refusal(_("There is a document of that title already."), status=422, field="title")
    is_new_edition = bool(source.id) and source.edition != form.edition.strip()
    short = (form.short.strip().strip("《》").strip() or title)[:80]
    is_renamed = bool(source.id) and source.short != short
    source.title, source.short = title, short
    source.edition, source.url = form.edition.strip()[:120], form.url.strip()[:300]
    source.articles, source.updated_at = max(0, min(form.articles, MAX_ARTICLES)), clock.now()
    db.session.add(source)
    db.session.flush()
    if is_renamed:
        _relabel(source)
    about = f"source:{source.public_id}"
    audit.record("items.source_saved", about, actor_id=viewer.id, new_edition=is_new_edition)
    return source.public_id


def _own(viewer: Viewer, public_id: str) -> Source:
    source = db.session.scalar(
        select(Source).where(
            Source.public_id == public_id, Source.organisation_id == viewer.organisation_id
        )
    )
    if source is None:
        raise LookupError(f"source {public_id}")
    return source


def _relabel(source: Source) -> None:
    """Write the labels of a document's items anew, clause and all."""
    from .searching import index_items

    rows = db.session.execute(
        select(Item.id, ItemVersion.clause)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.source_id == source.id)
    ).all()
    values = [
        {"id": item_id, "source_label": rules.source_label(source.short, clause)[:200]}
        for item_id, clause in rows
    ]
    if values:
        db.session.execute(update(Item), values)
        index_items([item_id for item_id, _clause in rows])


@dataclass(frozen=True)
class OutdatedItem:
    """An item whose live version was checked against another edition than the one in force."""

    number: int
    public_id: str
    title: str
    clause: str
    edition: str
    verified_on: date
    stage: str


def find_source(viewer: Viewer, public_id: str) -> SourceLine:
    """Return a document of the viewer's organisation, uncounted; raise LookupError."""
    return _line(_own(viewer, public_id), 0, 0)


def list_outdated(organisation_id: int, source_id: int, limit: int = 500) -> Sequence[OutdatedItem]:
    """Return the items to check again because the document has another edition now, by number."""
    rows = db.session.execute(
        select(Item, ItemVersion)
        .join(Source, Source.id == Item.source_id)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(
            Item.organisation_id == organisation_id,
            Item.source_id == source_id,
            Item.deleted_at.is_(None),
            ItemVersion.edition != Source.edition,
        )
        .order_by(Item.id)
        .limit(limit)
    )
    return [
        OutdatedItem(
            number=item.id,
            public_id=item.public_id,
            title=item.title,
            clause=version.clause,
            edition=version.edition,
            verified_on=version.verified_on,
            stage=item.stage,
        )
        for item, version in rows
    ]
