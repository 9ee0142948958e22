"""What can be done with stored items: load packs, approve, draw a pool, read a version."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from question_bank.formats.pack import Pack, PackItem
from question_bank.items import Item as BankItem
from question_bank.items import from_payload
from question_bank.items.hashing import content_hash
from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from . import rules
from .models import APPROVED, CHECKED, Item, ItemVersion, SignOff, Topic


@dataclass(frozen=True)
class LoadResult:
    """What loading packs did: items added, given a new version, found as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class PoolLine:
    """An item that may be drawn, without a word of it."""

    item_id: int
    version_id: int
    theme: str


@dataclass(frozen=True)
class StoredItem:
    """A version as the quiz engine needs it: the item, and its papers in words."""

    version_id: int
    item_id: int
    item: BankItem
    theme: str
    topic: str
    source: str
    source_url: str | None
    workplace: str


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
    item.status, item.valid_until = CHECKED, entry.valid_until
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


def hash_of(version: ItemVersion) -> str:
    """Return the hash that a version should carry: over its payload and its passport."""
    return content_hash(
        {
            "item": json.loads(version.payload),
            "source": [version.source_title, version.edition, version.clause, version.source_url],
            "author": version.author,
            "verified_on": version.verified_on.isoformat(),
            "valid_until": version.valid_until.isoformat(),
            "workplace": version.workplace,
        }
    )


@atomic
def approve(organisation_id: int, uids: Collection[str], reviewers: tuple[int, int, int]) -> int:
    """Approve the current versions of the checked items ``uids``, signed by three people.

    Returns how many were approved. Raises Refusal unless the three are different.
    """
    if not rules.may_approve(None, reviewers):
        raise Refusal(_("Three different people have to sign."), status=422)
    stages = tuple(zip(("first", "second", "final"), reviewers, strict=True))
    return _sign(organisation_id, uids, stages)


@atomic
def approve_for_demo(organisation_id: int) -> int:
    """Approve everything for the demo, labelled as such; raise Refusal anywhere else."""
    if not (current_app.config["IS_DEMO"] or current_app.config["TESTING"]):
        raise Refusal(_("Only the demo approves without reviewers."), status=403)
    uids = db.session.scalars(select(Item.uid).where(Item.organisation_id == organisation_id))
    return _sign(organisation_id, list(uids), (("demo", None),))


def _sign(
    organisation_id: int, uids: Collection[str], stages: tuple[tuple[str, int | None], ...]
) -> int:
    rows = db.session.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(
            Item.organisation_id == organisation_id,
            Item.uid.in_(list(uids)),
            Item.status == CHECKED,
        )
    ).all()
    for item, version in rows:
        item.status = APPROVED
        for stage, person_id in stages:
            db.session.add(
                SignOff(
                    version_id=version.id,
                    stage=stage,
                    person_id=person_id,
                    content_hash=version.content_hash,
                )
            )
    audit.record("items.approved", f"organisation:{organisation_id}", number=len(rows))
    return len(rows)


def list_checked_uids(organisation_id: int, theme: str | None = None) -> list[str]:
    """Return the uids of items that wait for approval; of one theme when it is named."""
    statement = select(Item.uid).where(
        Item.organisation_id == organisation_id, Item.status == CHECKED
    )
    if theme:
        statement = statement.join(Topic, Topic.id == Item.theme_id).where(Topic.name == theme)
    return list(db.session.scalars(statement.order_by(Item.uid)))


def count_by_status(organisation_id: int) -> dict[str, int]:
    """Return how many items an organisation has in each status."""
    rows = db.session.execute(
        select(Item.status, func.count())
        .where(Item.organisation_id == organisation_id)
        .group_by(Item.status)
    )
    return {status: number for status, number in rows}


def list_pool(organisation_id: int, on: date) -> list[PoolLine]:
    """Return every item that may be drawn on ``on``."""
    rows = db.session.execute(
        select(Item.id, Item.current_version_id, Topic.name)
        .join(Topic, Topic.id == Item.theme_id)
        .where(
            Item.organisation_id == organisation_id,
            Item.status == APPROVED,
            Item.valid_until >= on,
        )
        .order_by(Item.id)
    )
    return [PoolLine(row.id, row.current_version_id, row.name) for row in rows]


def has_drawable(organisation_id: int, on: date) -> bool:
    """Tell whether there is anything to draw on ``on``."""
    return (
        db.session.scalar(
            select(Item.id)
            .where(
                Item.organisation_id == organisation_id,
                Item.status == APPROVED,
                Item.valid_until >= on,
            )
            .limit(1)
        )
        is not None
    )


@lru_cache(maxsize=8192)
def get_stored(version_id: int) -> StoredItem:
    """Return a version with its papers; it never changes, so a process reads it once.

    Raises LookupError when there is none.
    """
    theme, topic = aliased(Topic), aliased(Topic)
    row = db.session.execute(
        select(ItemVersion, theme.name.label("theme"), topic.name.label("topic"))
        .join(Item, Item.id == ItemVersion.item_id)
        .join(theme, theme.id == Item.theme_id)
        .join(topic, topic.id == Item.topic_id)
        .where(ItemVersion.id == version_id)
    ).first()
    if row is None:
        raise LookupError(f"item version {version_id}")
    version = row[0]
    return StoredItem(
        version_id=version.id,
        item_id=version.item_id,
        item=from_payload(json.loads(version.payload)),
        theme=row.theme,
        topic=row.topic,
        source=rules.source_label(version.source_short, version.clause),
        source_url=version.source_url or None,
        workplace=version.workplace,
    )


def find_broken_versions() -> list[str]:
    """Return a line for each version whose stored hash does not fit its content.

    And one for each sign-off of other content, and each approved item that was not signed.
    """
    return [*_changed_versions(), *_misplaced_sign_offs(), *_unsigned_items()]


def _changed_versions() -> Iterator[str]:
    for version in db.session.scalars(select(ItemVersion).execution_options(yield_per=500)):
        if hash_of(version) != version.content_hash:
            yield f"items_version {version.id}: content does not fit its hash"


def _misplaced_sign_offs() -> Iterator[str]:
    for sign_off_id in db.session.scalars(
        select(SignOff.id)
        .join(ItemVersion, ItemVersion.id == SignOff.version_id)
        .where(SignOff.content_hash != ItemVersion.content_hash)
    ):
        yield f"items_sign_off {sign_off_id}: signed for other content"


def _unsigned_items() -> Iterator[str]:
    rows = db.session.execute(
        select(Item.id, SignOff.stage)
        .outerjoin(SignOff, SignOff.version_id == Item.current_version_id)
        .where(Item.status == APPROVED)
    )
    stages: dict[int, set[str]] = {}
    for item_id, stage in rows:
        stages.setdefault(item_id, set()).add(stage or "")
    for item_id, signed in stages.items():
        if not rules.is_signed(signed):
            yield f"items_item {item_id}: approved without the signatures for it"
