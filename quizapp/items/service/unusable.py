"""Items that cannot be drawn, counted by where they stand: for who looks for missing questions."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from quizapp.core.db import db

from ..models import APPROVED, EXPIRED, WITHDRAWN, Item, Topic


class Corner(NamedTuple):
    """A theme, a topic and a kind."""

    theme: str
    topic: str
    kind: str


class Unusable(NamedTuple):
    """How many items are out of date, and how many are not approved yet."""

    expired: int
    unfinished: int


def count_unusable(organisation_id: int) -> dict[Corner, Unusable]:
    """Return how many items of each corner wait for a new check or for their approval."""
    theme, topic = aliased(Topic), aliased(Topic)
    is_expired = case((Item.status == EXPIRED, 1), else_=0)
    rows = db.session.execute(
        select(theme.name, topic.name, Item.kind, func.count(), func.sum(is_expired))
        .join(theme, theme.id == Item.theme_id)
        .join(topic, topic.id == Item.topic_id)
        .where(
            Item.organisation_id == organisation_id,
            Item.status.not_in((APPROVED, WITHDRAWN)),
            Item.deleted_at.is_(None),
        )
        .group_by(theme.name, topic.name, Item.kind)
    )
    return {
        Corner(theme_name, topic_name, kind): Unusable(int(expired), many - int(expired))
        for theme_name, topic_name, kind, many, expired in rows
    }
