"""Where items are filed, many items at once."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from quizapp.core.db import db

from ..models import APPROVED, Item

BATCH = 500  # below every database's limit of parameters


def topics_of(item_ids: Collection[int]) -> dict[int, int]:
    """Return the topic of each item, whatever its state: what was learned stays learned."""
    found: dict[int, int] = {}
    wanted = sorted(item_ids)
    for start in range(0, len(wanted), BATCH):
        rows = db.session.execute(
            select(Item.id, Item.topic_id).where(Item.id.in_(wanted[start : start + BATCH]))
        )
        found |= {item_id: topic_id for item_id, topic_id in rows}
    return found


def count_approved(organisation_id: int) -> dict[int, int]:
    """Return how many approved items each topic has itself, without those below it."""
    rows = db.session.execute(
        select(Item.topic_id, func.count())
        .where(
            Item.organisation_id == organisation_id,
            Item.status == APPROVED,
            Item.deleted_at.is_(None),
        )
        .group_by(Item.topic_id)
    )
    return {topic_id: number for topic_id, number in rows}
