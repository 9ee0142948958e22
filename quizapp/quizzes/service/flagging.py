"""Marking questions to come back to, on every device of the same attempt."""

from __future__ import annotations

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core.db import atomic, db

from ..models import OPEN, Attempt


@atomic
def set_flag(viewer: Viewer, attempt_id: str, position: int, *, is_set: bool) -> frozenset[int]:
    """Mark a position of the viewer's open attempt, or unmark it; return what is marked.

    Raises LookupError for an attempt of somebody else, and for a position it does not have.
    """
    attempt = db.session.scalar(
        select(Attempt)
        .where(Attempt.public_id == attempt_id, Attempt.person_id == viewer.id)
        .with_for_update()
    )
    if attempt is None or not 1 <= position <= attempt.length:
        raise LookupError(f"position {position} of attempt {attempt_id}")
    flags = {int(place) for place in attempt.flags.split(",") if place}
    if attempt.state == OPEN:
        (flags.add if is_set else flags.discard)(position)
        attempt.flags = ",".join(map(str, sorted(flags)))
    return frozenset(flags)
