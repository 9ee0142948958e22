"""What a person has answered, for rooms that may show the item only then."""

from __future__ import annotations

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.items import service as items

from ..models import Attempt, Response


def get_answered(viewer: Viewer, attempt_id: str, position: int) -> items.Answered:
    """Return the version at a position that the viewer has answered.

    Raises LookupError for an attempt of somebody else and for an item without an answer.
    """
    row = db.session.execute(
        select(Response.item_version_id, Attempt.unit_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(
            Attempt.public_id == attempt_id,
            Attempt.person_id == viewer.id,
            Response.position == position,
        )
    ).first()
    if row is None:
        raise LookupError(f"position {position} of attempt {attempt_id}")
    return items.Answered(row.item_version_id, row.unit_id)
