"""The pool that forms are drawn from, kept in the memory of each process.

Reading a bank of 100,000 items for every attempt would make starting one slower with every item
that is added. So a process keeps the pool and asks, at most every ``FRESH_SECONDS``, whether
anything about it changed. What is drawn is looked up once more before it is shown: an item that
was withdrawn a second ago is in nobody's form, however old the pool is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from question_bank.assembly import Pool, PoolItem
from quizapp.core.db import db

from ..models import Item, Topic
from .drawing import drawable

FRESH_SECONDS = 60
# What an item is expected to do before thirty people have answered it.
FACILITY = {"easy": 0.85, "medium": 0.7, "hard": 0.5}


@dataclass
class _Kept:
    """A pool, what it was made from, and until when it is taken without asking."""

    pool: Pool
    signature: tuple[object, ...]
    asked_at: float


_pools: dict[tuple[int, date, bool], _Kept] = {}


def get_pool(organisation_id: int, on: date, *, with_essays: bool = False) -> Pool:
    """Return what may be drawn on ``on``; essays only where there is somebody to mark them."""
    key = (organisation_id, on, with_essays)
    kept = _pools.get(key)
    patience = 0 if current_app.config["TESTING"] else FRESH_SECONDS
    if kept and time.monotonic() - kept.asked_at < patience:
        return kept.pool
    signature = _signature(*key)
    if kept is None or kept.signature != signature:
        for old in [each for each in _pools if each[0] == organisation_id and each[1] < on]:
            del _pools[old]
        kept = _pools[key] = _Kept(Pool(_read(*key)), signature, 0.0)
    kept.asked_at = time.monotonic()
    return kept.pool


def forget_pools() -> None:
    """Drop every pool of this process, so that the next one is read anew."""
    _pools.clear()


def _signature(organisation_id: int, on: date, with_essays: bool) -> tuple[object, ...]:
    """Return figures that change whenever the pool does."""
    row = db.session.execute(
        select(func.count(), func.sum(Item.current_version_id), func.max(Item.updated_at)).where(
            *drawable(organisation_id, on, with_essays=with_essays)
        )
    ).one()
    return (organisation_id, *row)


def _read(organisation_id: int, on: date, with_essays: bool) -> list[PoolItem]:
    theme, topic = aliased(Topic), aliased(Topic)
    rows = db.session.execute(
        select(
            Item.id,
            Item.current_version_id,
            theme.name.label("theme"),
            topic.name.label("topic"),
            Item.kind,
            Item.difficulty,
            Item.facility,
            Item.responses,
        )
        .join(theme, theme.id == Item.theme_id)
        .join(topic, topic.id == Item.topic_id)
        .where(*drawable(organisation_id, on, with_essays=with_essays))
    )
    return [
        PoolItem(
            uid=row.id,
            version=row.current_version_id,
            theme=row.theme,
            topic=row.topic,
            kind=row.kind,
            difficulty=row.difficulty or "medium",
            facility=FACILITY[row.difficulty or "medium"] if row.facility is None else row.facility,
            exposure=row.responses,
        )
        for row in rows
    ]


def confirm(organisation_id: int, on: date, item_ids: Sequence[int]) -> dict[int, int]:
    """Return the present version of each of these items that may still be drawn, by item id."""
    rows = db.session.execute(
        select(Item.id, Item.current_version_id).where(
            Item.id.in_(item_ids), *drawable(organisation_id, on, with_essays=True)
        )
    )
    return {item_id: version_id for item_id, version_id in rows if version_id}
