"""What happens to wordings by the clock: planned publication and the last day."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from quizapp.core import clock
from quizapp.core.db import atomic, db

from ..models import PUBLISHED, SCHEDULED, ReviewCase
from . import moving

BATCH = 100


@atomic
def publish_due(limit: int = BATCH) -> int:
    """Publish the scheduled wordings whose moment has come; return how many."""
    due = db.session.scalars(
        select(ReviewCase)
        .where(ReviewCase.state == SCHEDULED, ReviewCase.publish_at <= clock.database_now())
        .order_by(ReviewCase.publish_at, ReviewCase.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for case in due:
        moving.publish(case)
    return len(due)


@atomic
def expire(subject: str, subject_ids: Collection[int]) -> int:
    """End published wordings that their own room found past their last day; return how many."""
    cases = db.session.scalars(
        select(ReviewCase)
        .where(
            ReviewCase.subject == subject,
            ReviewCase.subject_id.in_(list(subject_ids)),
            ReviewCase.state == PUBLISHED,
        )
        .with_for_update(skip_locked=True)
    ).all()
    for case in cases:
        moving.expire(case)
    return len(cases)
