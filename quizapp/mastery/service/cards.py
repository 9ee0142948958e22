"""How items stand in a person's memory, for the page that says what a set came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from quizapp.core.db import db

from ..models import MasteryCard


@dataclass(frozen=True)
class CardView:
    """How an item stands: when it comes again, and how often in a row it was right."""

    due_on: date | None
    streak: int
    mastered_on: date | None


def find_cards(person_id: int, item_ids: Sequence[int]) -> dict[int, CardView]:
    """Return how items stand for a person, by item: one statement, none without items."""
    if not item_ids:
        return {}
    rows = db.session.execute(
        select(
            MasteryCard.item_id, MasteryCard.due_on, MasteryCard.streak, MasteryCard.mastered_on
        ).where(MasteryCard.person_id == person_id, MasteryCard.item_id.in_(item_ids))
    )
    return {row.item_id: CardView(row.due_on, row.streak, row.mastered_on) for row in rows}
