"""Scripts: what has to be marked, handed over when an attempt becomes final."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from question_bank.items.hashing import seeded_number
from quizapp.core.db import atomic, db
from quizapp.core.security import public_id

from ...models import OPEN, Attempt, Mark, Response, Script


@atomic
def hand_over(attempt_id: int) -> int:
    """Put what a person has to mark of a final attempt into the queue; return how much it is.

    What came late does not count and is not marked. An attempt that was final before, and open
    again since, comes anew: its texts may be other ones, so what was marked of them is void.
    """
    attempt = db.session.get_one(Attempt, attempt_id)
    if attempt.state == OPEN or not attempt.awaits_marking:
        return 0
    _void(attempt_id)
    pending = db.session.execute(
        select(Response.id, Response.position)
        .where(Response.attempt_id == attempt_id, Response.is_pending, ~Response.is_late)
        .order_by(Response.position)
    ).all()
    if pending:
        db.session.execute(
            insert(Script),
            [
                {
                    "response_id": row.id,
                    "public_id": public_id(),
                    "attempt_id": attempt_id,
                    "blueprint_id": attempt.blueprint_id,
                    # By chance, and the same at every time.
                    "place": seeded_number("script", attempt.public_id, row.position, bits=62),
                }
                for row in pending
            ],
        )
    return len(pending)


def _void(attempt_id: int) -> None:
    ids = list(
        db.session.scalars(select(Script.response_id).where(Script.attempt_id == attempt_id))
    )
    if ids:
        db.session.execute(delete(Mark).where(Mark.response_id.in_(ids)))
        db.session.execute(delete(Script).where(Script.response_id.in_(ids)))
