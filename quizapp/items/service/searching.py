"""The search index: pairs of neighbouring characters, kept for every item, and asked by words.

Words of two characters are the commonest in Chinese, and full-text search of the databases splits
them differently or not at all. Pairs behave the same on every database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased

from question_bank.quality.neighbours import folded
from quizapp.core.db import atomic, db, is_sqlite

from ..models import Item, ItemDraft, ItemGram, ItemVersion

BATCH = 500  # items; their pairs go to the database in one statement
COUNT_MOST = 2000  # a pair is common from here on; how common makes no difference
MAX_WORDS = 8
MAX_GRAMS = 32


def grams_of(words: str) -> set[str]:
    """Return the pairs of neighbouring letters, digits and hanzi in a text."""
    plain = folded(words)
    return {plain[start : start + 2] for start in range(len(plain) - 1)}


@atomic
def index_items(item_ids: Sequence[int]) -> None:
    """Write the pairs of these items anew, in a few statements for each 500 of them.

    What is indexed is the newest wording: its stem (and the stems of its parts), the source as it
    is shown, and the name of the item.
    """
    for start in range(0, len(item_ids), BATCH):
        _index(item_ids[start : start + BATCH])


def _index(item_ids: Sequence[int]) -> None:
    items = db.session.execute(
        select(Item.id, Item.uid, Item.source_label).where(Item.id.in_(item_ids))
    ).all()
    stems = _stems(item_ids)
    db.session.execute(delete(ItemGram).where(ItemGram.item_id.in_(item_ids)))
    rows = [
        (gram, item.id)
        for item in items
        for gram in sorted(
            grams_of(stems.get(item.id, "")) | grams_of(item.source_label) | grams_of(item.uid)
        )
    ]
    if rows:
        _insert(rows)


def _insert(rows: Sequence[tuple[str, int]]) -> None:
    """Write (pair, item) rows as plain values: an import has a million of them."""
    if is_sqlite():
        values = [{"gram": gram, "item_id": item_id} for gram, item_id in rows]
        db.session.connection().execute(insert(ItemGram.__table__), values)
        return
    grams, ids = zip(*rows, strict=True)
    db.session.execute(_INSERT_ARRAYS, {"grams": list(grams), "ids": list(ids)})


# Two arrays in one statement; row by row it takes PostgreSQL half as long again.
_INSERT_ARRAYS = text(
    "INSERT INTO items_gram (gram, item_id) "
    "SELECT * FROM unnest(CAST(:grams AS varchar[]), CAST(:ids AS integer[]))"
)


def _stems(item_ids: Sequence[int]) -> dict[int, str]:
    """Return the stem of the newest wording of each item: of its draft, else its last version."""
    newest = (
        select(func.max(ItemVersion.number))
        .where(ItemVersion.item_id == Item.id)
        .correlate(Item)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Item.id, ItemDraft.content, ItemVersion.payload)
        .outerjoin(ItemDraft, ItemDraft.item_id == Item.id)
        .outerjoin(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == newest))
        .where(Item.id.in_(item_ids))
    )
    return {
        item_id: "\n".join(_texts(_content(draft, payload))) for item_id, draft, payload in rows
    }


def _content(draft: str | None, payload: str | None) -> Mapping[str, Any]:
    if draft is not None:
        found = json.loads(draft).get("draft")
        return found if isinstance(found, dict) else {}
    loaded: dict[str, Any] = json.loads(payload) if payload else {}
    return loaded


def _texts(content: Mapping[str, Any]) -> Iterable[str]:
    """Yield the stems of an item, kept as a draft or as a payload; both name them alike."""
    for field in ("stem", "text"):
        if isinstance(found := content.get(field), str):
            yield found
    for part in content.get("parts") or ():
        if isinstance(part, dict):
            yield from _texts(part)


@dataclass(frozen=True)
class Asked:
    """What somebody searches for, ready for the database.

    ``number`` is the item's own number when only that was asked. ``grams`` are the pairs that must
    all occur, the rarest first; ``singles`` the single characters, found by reading titles.
    ``is_hopeless``: a pair occurs nowhere.
    """

    number: int | None = None
    grams: tuple[str, ...] = ()
    singles: tuple[str, ...] = ()
    or_number: int | None = None
    is_hopeless: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked."""
        return self.number is None and not self.grams and not self.singles


def read_search(asked: str) -> Asked:
    """Return what the words of a search ask for; one statement when there is more than one pair."""
    words = asked.split()[:MAX_WORDS]
    if len(words) == 1 and words[0][:1] in "#＃" and is_number(words[0][1:]):
        return Asked(number=int(words[0][1:]))
    pairs: set[str] = set()
    singles: list[str] = []
    for word in words:
        plain = folded(word)
        if len(plain) == 1:
            singles.append(plain)
        pairs |= grams_of(word)
    if words and not pairs and not singles:
        return Asked(is_hopeless=True)  # marks alone are in no text as it is searched
    grams = sorted(pairs)[:MAX_GRAMS]
    or_number = int(words[0]) if len(words) == 1 and is_number(words[0]) else None
    if len(grams) > 1:
        counts = count_grams(grams)
        grams.sort(key=lambda gram: (counts[gram], gram))
        if not counts[grams[0]] and or_number is None:
            return Asked(grams=tuple(grams), is_hopeless=True)
    return Asked(grams=tuple(grams), singles=tuple(singles), or_number=or_number)


def is_number(word: str) -> bool:
    """Tell whether a text can be the number of an item."""
    return word.isascii() and word.isdigit() and len(word) <= 9


def count_grams(grams: Sequence[str]) -> dict[str, int]:
    """Return how many items have each pair, at most 2,000 for any, in one statement."""
    counted = [
        select(
            literal(gram),
            select(func.count())
            .select_from(
                select(ItemGram.item_id).where(ItemGram.gram == gram).limit(COUNT_MOST).subquery()
            )
            .scalar_subquery(),
        )
        for gram in grams
    ]
    rows = db.session.execute(union_all(*counted)) if counted else ()
    return {gram: number for gram, number in rows}


def conditions(asked: Asked) -> list[ColumnElement[bool]]:
    """Return what a search demands of an item, besides its rarest pair (see ``driver``)."""
    if asked.number is not None:
        return [Item.id == asked.number]
    found: list[ColumnElement[bool]] = []
    for character in asked.singles:
        pattern = f"%{_escaped(character)}%"
        found.append(
            or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for column in (Item.title, Item.source_label, Item.uid)
                )
            )
        )
    for gram in asked.grams[1:] if asked.or_number is None else ():
        other = aliased(ItemGram)
        found.append(exists().where(other.gram == gram, other.item_id == Item.id))
    if asked.or_number is not None:
        found.append(_number_or_grams(asked.or_number, asked.grams))
    return found


def driver(asked: Asked) -> str | None:
    """Return the pair from whose entries a search should start, None when there is none."""
    return asked.grams[0] if asked.grams and asked.or_number is None else None


def _number_or_grams(number: int, grams: Sequence[str]) -> ColumnElement[bool]:
    """Digits alone may be the number of an item, or stand in its text."""
    if not grams:
        return Item.id == number
    holders = select(ItemGram.item_id).where(ItemGram.gram == grams[0])
    for gram in grams[1:]:
        other = aliased(ItemGram)
        holders = holders.where(
            exists().where(other.gram == gram, other.item_id == ItemGram.item_id)
        )
    return or_(Item.id == number, Item.id.in_(holders))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
