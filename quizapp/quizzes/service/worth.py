"""What responses are worth now, after the corrections of their items."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from question_bank.regrading import Regraded
from quizapp.core.db import db

from .. import rules
from ..models import Regrade, Response


def effective(responses: Sequence[Response]) -> dict[int, Regraded]:
    """Return what each response is worth now: as it was graded, or after its corrections."""
    gains = dict(
        db.session.execute(
            select(Regrade.response_id, func.max(Regrade.new_score))
            .where(Regrade.response_id.in_([response.id for response in responses]))
            .group_by(Regrade.response_id)
        ).all()
    )
    return {
        response.id: Regraded(
            max(response.score, gains.get(response.id, 0.0)),
            response.is_correct or gains.get(response.id, 0.0) >= 1 - rules.NEXT_TO_NOTHING,
        )
        for response in responses
    }


def outcome_now(
    responses: Sequence[Response], length: int, worth: dict[int, Regraded]
) -> rules.Outcome:
    """Return what a set comes to with what its responses are worth now."""
    graded = [
        rules.Graded(
            worth[r.id].points, worth[r.id].is_correct, r.is_rapid, r.is_late, r.is_pending
        )
        for r in responses
    ]
    return rules.outcome(graded, length)
