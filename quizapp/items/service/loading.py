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
from .versions import hash_of


@dataclass(frozen=True)
class LoadResult:
    """What loading packs did: items added, given a new version, found as they were."""

    added: int
    changed: int
    unchanged: int


@atomic
def load_packs(organisation_id: int, packs: Iterable[Pack]) -> LoadResult:
    """Store packs as items of an organisation; loading the same again changes nothing.

    An item whose content differs gets a new version and is "checked" again: what was approved
    stays exactly as it was approved.
    """
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for pack in packs:
        theme = _topic(organisation_id, None, pack.title)
        known = _known(organisation_id, [entry.uid for entry in pack.items])
        for entry in pack.items:
            counts[_store(organisation_id, theme, pack, entry, known.get(entry.uid))] += 1
    return LoadResult(**counts)


def _known(organisation_id: int, uids: list[str]) -> dict[str, tuple[Item, ItemVersion]]:
    rows = db.session.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.organisation_id == organisation_id, Item.uid.in_(uids))
    )
    return {item.uid: (item, version) for item, version in rows}


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
    known: tuple[Item, ItemVersion] | None,
) -> str:
    version = _version_of(pack, entry)
    if known and known[1].content_hash == version.content_hash:
        return "unchanged"
    topic_id = _topic(organisation_id, theme_id, entry.topic)
    item = (
        known[0]
        if known
        else Item(organisation_id=organisation_id, uid=entry.uid, valid_until=entry.valid_until)
    )
    item.theme_id, item.topic_id = theme_id, topic_id
    item.status, item.stage, item.valid_until = CHECKED, NO_STAGE, entry.valid_until
    item.kind, item.difficulty = entry.item.kind, entry.difficulty
    item.title = rules.title_of(entry.item.stem)
    item.source_id = _source(organisation_id, entry.source)
    item.source_label = rules.source_label(entry.source.short, entry.clause)
    item.updated_at = clock.now()
    db.session.add(item)
    db.session.flush()
    version.item_id, version.number = item.id, known[1].number + 1 if known else 1
    db.session.add(version)
    db.session.flush()
    item.current_version_id = version.id
    return "changed" if known else "added"


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
