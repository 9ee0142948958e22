"""What a person who has met items is told of them: their names, and whether they may come again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from quizapp.core.db import db

from ..models import Item, Topic
from .drawing import fit

BATCH = 10_000  # ids in one statement


@dataclass(frozen=True)
class MetItem:
    """An item by its name outside, what it is about, and whether it may be drawn today."""

    public_id: str
    theme: str
    topic: str
    is_drawable: bool


def list_met(item_ids: Collection[int], on: date) -> dict[int, MetItem]:
    """Return items by id, for somebody who has met them; ``on`` is the day they would be drawn."""
    found: dict[int, MetItem] = {}
    wanted = sorted(item_ids)
    theme, topic = aliased(Topic), aliased(Topic)
    for start in range(0, len(wanted), BATCH):
        rows = db.session.execute(
            select(Item.id, Item.public_id, theme.name, topic.name, and_(*fit(on)))
            .join(theme, theme.id == Item.theme_id)
            .join(topic, topic.id == Item.topic_id)
            .where(Item.id.in_(wanted[start : start + BATCH]))
        )
        found |= {row[0]: MetItem(row[1], row[2], row[3], bool(row[4])) for row in rows}
    return found


def find_met(organisation_id: int, public_id: str) -> int | None:
    """Return the id of an organisation's item, or None."""
    return db.session.scalar(
        select(Item.id).where(Item.organisation_id == organisation_id, Item.public_id == public_id)
    )
