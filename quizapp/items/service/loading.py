"""Loading packs: the starter bank, and what other installations give away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from question_bank.formats.pack import Pack, PackItem, PackSource
from quizapp.core import clock
from quizapp.core.db import atomic, db

from .. import rules
from ..models import CHECKED, NO_STAGE, Item, ItemVersion, Source, Topic
from .searching import index_items
from .versions import hash_of


@dataclass(frozen=True)
class LoadResult:
    """What loading packs did: items added, given a new version, found as they were.

    ``kept`` counts items that differ, but are left alone: somebody is writing or reviewing them.
    """

    added: int
    changed: int
    unchanged: int
    kept: int


@dataclass(frozen=True)
class Known:
    """An item that has the name of one in a pack; ``content_hash`` is None without a version."""

    item: Item
    content_hash: str | None
    last_number: int


@atomic
def load_packs(organisation_id: int, packs: Iterable[Pack]) -> LoadResult:
    """Store packs as items of an organisation; loading the same again changes nothing.

    An item whose content differs gets a new version and is "checked" again: what was approved
    stays exactly as it was approved.
    """
    counts = {"added": 0, "changed": 0, "unchanged": 0, "kept": 0}
    moved: list[int] = []
    for pack in packs:
        theme = _topic(organisation_id, None, pack.title)
        known = _known(organisation_id, [entry.uid for entry in pack.items])
        for entry in pack.items:
            did, item_id = _store(organisation_id, theme, pack, entry, known.get(entry.uid))
            counts[did] += 1
            if did in ("added", "changed"):
                moved.append(item_id)
    index_items(moved)
    return LoadResult(**counts)


def _known(organisation_id: int, uids: list[str]) -> dict[str, Known]:
    """Return the items that have these names, two statements for all of them."""
    rows = db.session.execute(
        select(Item, ItemVersion.content_hash)
        .outerjoin(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.organisation_id == organisation_id, Item.uid.in_(uids))
    ).all()
    counted = db.session.execute(
        select(ItemVersion.item_id, func.max(ItemVersion.number))
        .where(ItemVersion.item_id.in_([row.Item.id for row in rows]))
        .group_by(ItemVersion.item_id)
    )
    numbers = {item_id: number for item_id, number in counted}
    return {
        row.Item.uid: Known(row.Item, row.content_hash, numbers.get(row.Item.id, 0)) for row in rows
    }


def _topic(organisation_id: int, parent_id: int | None, name: str) -> int:
    found = db.session.scalar(
        select(Topic.id).where(
            Topic.organisation_id == organisation_id,
            Topic.parent_id.is_(None) if parent_id is None else Topic.parent_id == parent_id,
            Topic.name == name,
        )
    )
    if found:
        return found
    topic = Topic(organisation_id=organisation_id, parent_id=parent_id, name=name)
    db.session.add(topic)
    db.session.flush()
    return topic.id


def _source(organisation_id: int, described: PackSource) -> int:
    source = db.session.scalar(
        select(Source).where(
            Source.organisation_id == organisation_id, Source.title == described.title
        )
    )
    if source is None:
        source = Source(organisation_id=organisation_id, title=described.title)
        db.session.add(source)
    source.short, source.edition = described.short, described.edition
    source.url, source.articles = described.url, described.articles
    db.session.flush()
    return source.id


def _store(
    organisation_id: int,
    theme_id: int,
    pack: Pack,
    entry: PackItem,
    known: Known | None,
) -> tuple[str, int]:
    version = _version_of(pack, entry)
    if known and known.content_hash == version.content_hash:
        return "unchanged", known.item.id
    if known and known.item.stage != NO_STAGE:
        return "kept", known.item.id
    topic_id = _topic(organisation_id, theme_id, entry.topic)
    item = known.item if known else Item(organisation_id=organisation_id, uid=entry.uid)
    item.theme_id, item.topic_id = theme_id, topic_id
    item.status, item.stage, item.valid_until = CHECKED, NO_STAGE, entry.valid_until
    item.kind, item.difficulty = entry.item.kind, entry.difficulty
    item.title = rules.title_of(entry.item.stem)
    item.source_id = _source(organisation_id, entry.source)
    item.source_label = rules.source_label(entry.source.short, entry.clause)
    item.updated_at = clock.now()
    db.session.add(item)
    db.session.flush()
    version.item_id, version.number = item.id, known.last_number + 1 if known else 1
    db.session.add(version)
    db.session.flush()
    item.current_version_id = version.id
    return "changed" if known else "added", item.id


def _version_of(pack: Pack, entry: PackItem) -> ItemVersion:
    payload = entry.item.to_payload()
    version = ItemVersion(
        kind=entry.item.kind,
        payload=json.dumps(payload, ensure_ascii=False, sort_keys=True),
        difficulty=entry.difficulty,
        source_title=entry.source.title,
        source_short=entry.source.short,
        edition=entry.source.edition,
        clause=entry.clause,
        source_url=entry.source.url,
        author=pack.author,
        verified_on=entry.verified_on,
        valid_until=entry.valid_until,
        workplace=entry.workplace,
    )
    version.content_hash = hash_of(version)
    return version


def count_by_status(organisation_id: int) -> dict[str, int]:
    """Return how many items an organisation has in each status."""
    rows = db.session.execute(
        select(Item.status, func.count())
        .where(Item.organisation_id == organisation_id)
        .group_by(Item.status)
    )
    return {status: number for status, number in rows}
