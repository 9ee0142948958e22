"""What a person has before them right now: the items of sets that are not handed in."""

from __future__ import annotations

from sqlalchemy import select

from quizapp.core.db import db

from ..models import OPEN, Attempt, FormItem


def list_open_items(person_id: int) -> frozenset[int]:
    """Return the items of a person's open attempts, answered or not, by their ids."""
    return frozenset(
        db.session.scalars(
            select(FormItem.item_id)
            .join(Attempt, Attempt.form_id == FormItem.form_id)
            .where(Attempt.person_id == person_id, Attempt.state == OPEN)
        )
    )
