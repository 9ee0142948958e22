"""What the quiz engine needs of the bank: what may be drawn, and one version to show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from question_bank.items import Item as BankItem
from question_bank.items import from_payload
from quizapp.core.db import db

from .. import rules
from ..models import APPROVED, Item, ItemVersion, Topic


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


def drawable(
    organisation_id: int, on: date, *, with_essays: bool = False
) -> tuple[ColumnElement[Any], ...]:
    """Return the conditions of an item that may be drawn on ``on``.

    Without essays where nobody marks: then a case with one in it waits for an exam, too.
    """
    return (Item.organisation_id == organisation_id, *fit(on, with_essays=with_essays))


def fit(on: date, *, with_essays: bool = False) -> tuple[ColumnElement[Any], ...]:
    """Return what must hold of an item that may be drawn on ``on``, whoever it belongs to."""
    conditions: tuple[ColumnElement[Any], ...] = (
        Item.status == APPROVED,
        or_(Item.valid_until.is_(None), Item.valid_until >= on),
        Item.is_suspended.is_(False),
        Item.deleted_at.is_(None),
    )
    if with_essays:
        return conditions
    return (*conditions, Item.kind != "essay", or_(Item.kind != "case", ~_asks_for_an_essay()))


def _asks_for_an_essay() -> ColumnElement[bool]:
    """Tell whether a case has an essay in it; inside a text the quotes would be escaped."""
    return exists().where(
        ItemVersion.id == Item.current_version_id,
        ItemVersion.payload.contains('"kind": "essay"', autoescape=True),
    )


def has_drawable(organisation_id: int, on: date) -> bool:
    """Tell whether there is anything to draw on ``on``."""
    return (
        db.session.scalar(select(Item.id).where(*drawable(organisation_id, on)).limit(1))
        is not None
    )


@lru_cache(maxsize=8192)
def get_stored(version_id: int) -> StoredItem:
    """Return a version with its papers; it never changes, so a process reads it once.

    Raises LookupError when there is none.
    """
    found = read_stored([version_id])
    if not found:
        raise LookupError(f"item version {version_id}")
    return found[version_id]


def read_stored(version_ids: Sequence[int]) -> dict[int, StoredItem]:
    """Return versions with their papers by one statement, for a page that shows many."""
    theme, topic = aliased(Topic), aliased(Topic)
    rows = db.session.execute(
        select(ItemVersion, theme.name.label("theme"), topic.name.label("topic"))
        .join(Item, Item.id == ItemVersion.item_id)
        .join(theme, theme.id == Item.theme_id)
        .join(topic, topic.id == Item.topic_id)
        .where(ItemVersion.id.in_(version_ids))
    )
    return {row[0].id: _stored(row[0], row.theme, row.topic) for row in rows}


def _stored(version: ItemVersion, theme: str, topic: str) -> StoredItem:
    return StoredItem(
        version_id=version.id,
        item_id=version.item_id,
        item=from_payload(json.loads(version.payload)),
        theme=theme,
        topic=topic,
        source=rules.source_label(version.source_short, version.clause),
        source_url=version.source_url or None,
        workplace=version.workplace,
    )
