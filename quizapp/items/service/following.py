"""What becomes of an item while its wordings go through review."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select

from question_bank.items import from_payload
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.events import Rewardable, announce_rewards, tells_rewards
from quizapp.org import rules as days
from quizapp.org import service as org
from quizapp.review import service as review

from .. import rules
from ..models import (
    APPROVED,
    EXPIRED,
    NO_STAGE,
    WITHDRAWN,
    Item,
    ItemDraft,
    ItemVersion,
)
from . import correcting
from .approving import SUBJECT

CONTRIBUTED = "item_contributed"
A_DAY = timedelta(days=1)  # zones differ by less
BATCH = 500


@atomic
def set_stage(item_id: int, stage: str) -> None:
    """Note where the next wording of an item stands."""
    item = db.session.get_one(Item, item_id)
    item.stage = stage


@atomic
def reopen(item_id: int, version_id: int, stage: str) -> None:
    """Open the draft of an item again: its wording was returned or taken back."""
    correcting.drop_correction(version_id)
    set_stage(item_id, stage)


@atomic
def publish(item_id: int, version_id: int) -> None:
    """Make a version the one that learners meet; its draft has become it."""
    item = db.session.get_one(Item, item_id)
    version = db.session.get_one(ItemVersion, version_id)
    item.current_version_id = version.id
    item.status, item.stage = APPROVED, NO_STAGE
    item.kind, item.difficulty = version.kind, version.difficulty
    item.title = rules.title_of(from_payload(json.loads(version.payload)).stem)
    item.source_label = rules.source_label(version.source_short, version.clause)[:200]
    item.valid_until, item.updated_at = version.valid_until, clock.now()
    item.is_suspended = False
    item.facility, item.responses, item.flag = None, 0, ""  # numbers are of one wording
    db.session.execute(delete(ItemDraft).where(ItemDraft.item_id == item.id))
    db.session.flush()
    correcting.publish_correction(version.id)


@atomic
def withdraw(item_id: int, version_id: int) -> None:
    """Take an item away from learners."""
    item = db.session.get_one(Item, item_id)
    if item.current_version_id == version_id:
        item.status = WITHDRAWN


@atomic
def end(item_id: int, version_id: int) -> None:
    """Take an item that reached its last day away from learners."""
    item = db.session.get_one(Item, item_id)
    if item.current_version_id == version_id:
        item.status = EXPIRED


@atomic
def expire_due(organisation_id: int) -> int:
    """Expire the approved items of an organisation whose last day has passed; return how many."""
    due = db.session.scalars(
        select(Item)
        .where(
            Item.organisation_id == organisation_id,
            Item.status == APPROVED,
            Item.valid_until < org.today(organisation_id),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for item in due:
        item.status = EXPIRED
    db.session.flush()
    review.expire(SUBJECT, [item.current_version_id for item in due if item.current_version_id])
    return len(due)


def expire_everywhere() -> int:
    """Expire what is due in every organisation; return how many items."""
    ids = db.session.scalars(select(Item.organisation_id).distinct()).all()
    return sum(expire_due(organisation_id) for organisation_id in ids)


@atomic
def reward_author(published: review.FirstPublication) -> None:
    """Announce that an author's item was published for the first time."""
    announce_rewards(_contributions([published]))


@tells_rewards("items.contributed")
def contributions_since(day: date) -> Iterator[Rewardable]:
    """Yield again what authors earned by items first published on ``day`` or later."""
    since = days.day_opens_at(day, "UTC") - A_DAY if day > date.min + A_DAY else None
    published = review.first_publications(SUBJECT, since)
    for start in range(0, len(published), BATCH):
        for fact in _contributions(published[start : start + BATCH]):
            if fact.occurred_on >= day:
                yield fact


def _contributions(published: Sequence[review.FirstPublication]) -> Iterator[Rewardable]:
    """Yield what publications earn their items' authors; nothing for what came from outside."""
    ids = [one.thread_id for one in published if one.author_id is not None]
    authors = dict(
        db.session.execute(
            select(Item.id, Item.author_id).where(Item.id.in_(ids), Item.author_id.is_not(None))
        ).all()
    )
    for one in published:
        author_id = authors.get(one.thread_id)
        if author_id is None:
            continue
        zone = org.get_organisation(one.organisation_id).time_zone
        day = days.learning_day(one.published_at, zone)
        yield Rewardable(
            user_id=author_id,
            activity=CONTRIBUTED,
            source=f"item:{one.thread_id}",
            quantity=1,
            occurred_on=day,
            unit_id=org.unit_on(author_id, day),
        )
