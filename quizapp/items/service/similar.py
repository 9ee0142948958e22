"""Items that say nearly the same as a text: a warning for authors, on every save."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from question_bank.quality.neighbours import similarity
from quizapp.core.db import db

from .. import rules
from ..models import Item, ItemGram
from .searching import count_grams, grams_of

WARN_FROM = 0.6
STRONG_FROM = 0.8
RAREST = 10  # pairs that are looked up
CANDIDATES = 40
MAX_TEXT = 400  # characters; a title keeps fewer


@dataclass(frozen=True)
class SimilarItem:
    """An item that resembles a text; ``percent`` is 60..100, ``is_strong`` from 80 on."""

    number: int
    public_id: str
    title: str
    status: str
    percent: int
    is_strong: bool


def find_similar(
    organisation_id: int, text: str, limit: int = 3, *, except_id: int | None = None
) -> list[SimilarItem]:
    """Return the items whose stem resembles ``text``, the likest first; two statements.

    Candidates share one of the text's ten rarest pairs; they are compared by the 3-grams of what
    the bank keeps as their title, the first 200 characters of the stem.
    """
    title = rules.title_of(text[:MAX_TEXT])
    counts = count_grams(sorted(grams_of(title)))
    rarest = sorted((g for g in counts if counts[g]), key=lambda g: (counts[g], g))[:RAREST]
    if not rarest:
        return []
    found = []
    for row in _candidates(organisation_id, rarest, except_id):
        likeness = similarity(title, row.title)
        if likeness >= WARN_FROM:
            found.append((likeness, row))
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [
        SimilarItem(
            number=row.id,
            public_id=row.public_id,
            title=row.title,
            status=row.status,
            percent=int(likeness * 100),
            is_strong=likeness >= STRONG_FROM,
        )
        for likeness, row in found[:limit]
    ]


def _candidates(organisation_id: int, grams: list[str], except_id: int | None) -> list[Item]:
    shared = (
        select(ItemGram.item_id, func.count().label("shared"))
        .where(ItemGram.gram.in_(grams))
        .group_by(ItemGram.item_id)
        .order_by(func.count().desc(), ItemGram.item_id)
        .limit(CANDIDATES)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(Item)
            .join(shared, shared.c.item_id == Item.id)
            .where(
                Item.organisation_id == organisation_id,
                Item.deleted_at.is_(None),
                Item.id != (except_id or 0),
            )
        )
    )
