"""Finishing: write the result once and announce it, with everything others make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select, update

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.events import (
    GradedResponse,
    ResponsesGraded,
    Rewardable,
    announce,
    tells_rewards,
)
from quizapp.items.service import get_stored

from .. import rules
from ..events import AttemptFinished
from ..models import CLOSED, FINISHED, OPEN, Attempt, FormItem, Response
from .answering import Answered, Submission, answer
from .regrading import effective, outcome_now

BATCH = 200


@atomic
def submit(viewer: Viewer, attempt_id: str, submission: Submission) -> Answered:
    """Answer an item and, when nothing else is missing, finish the attempt: one act.

    In two transactions a process that dies in between would leave a complete set that nobody
    finishes. Raises what ``answer`` raises.
    """
    answered = answer(viewer, attempt_id, submission)
    if answered.is_last:
        finish(viewer, attempt_id)
    return answered


@atomic
def finish(viewer: Viewer, attempt_id: str) -> bool:
    """Make a complete attempt final and announce it; return whether this call did so.

    Raises LookupError for an attempt of somebody else.
    """
    attempt = db.session.scalar(
        select(Attempt)
        .where(Attempt.public_id == attempt_id, Attempt.person_id == viewer.id)
        .with_for_update()
    )
    if attempt is None:
        raise LookupError(f"attempt {attempt_id}")
    responses = _responses(attempt.id)
    if attempt.state != OPEN or len(responses) < attempt.length:
        return False
    _conclude(attempt, responses, FINISHED)
    return True


def _responses(attempt_id: int) -> list[Response]:
    return list(
        db.session.scalars(
            select(Response).where(Response.attempt_id == attempt_id).order_by(Response.position)
        )
    )


def _purposes(form_id: int) -> dict[int, str]:
    """Return by position why each item is on a form."""
    rows = select(FormItem.position, FormItem.purpose).where(FormItem.form_id == form_id)
    return {position: purpose for position, purpose in db.session.execute(rows)}


def _outcome(attempt: Attempt, responses: list[Response]) -> rules.Outcome:
    graded = [rules.Graded(r.score, r.is_correct, r.is_rapid, r.is_late) for r in responses]
    return rules.outcome(graded, attempt.length)


def _conclude(attempt: Attempt, responses: list[Response], state: str) -> None:
    result = _outcome(attempt, responses)
    purposes = _purposes(attempt.form_id)
    attempt.state = state
    attempt.finished_at = clock.now()
    attempt.score = result.score
    db.session.flush()
    announce(
        AttemptFinished(
            attempt_id=attempt.id,
            public_id=attempt.public_id,
            blueprint_id=attempt.blueprint_id,
            person_id=attempt.person_id,
            unit_id=attempt.unit_id,
            mode=attempt.mode,
            day=attempt.day,
            score=result.score,
            length=attempt.length,
            is_passed=attempt.is_passed,
        )
    )
    announce(
        ResponsesGraded(
            user_id=attempt.person_id,
            occurred_on=attempt.day,
            unit_id=attempt.unit_id,
            mode=attempt.mode,
            source=rules.attempt_source(attempt.id),
            responses=tuple(
                GradedResponse(
                    item_id=get_stored(r.item_version_id).item_id,
                    item_version_id=r.item_version_id,
                    score=r.score,
                    is_correct=r.is_correct,
                    is_rapid=r.is_rapid,
                    is_confident=r.is_confident,
                    purpose=purposes[r.position],
                )
                for r in responses
                if not (r.is_late or r.is_pending)
            ),
        )
    )
    for fact in _rewards(attempt, result):
        announce(fact)


def _rewards(attempt: Attempt, result: rules.Outcome) -> Iterator[Rewardable]:
    """Yield what a final daily set may earn; the same facts every time it is asked."""
    if attempt.mode != rules.DAILY or attempt.slot is None:
        return
    about = {
        "user_id": attempt.person_id,
        "occurred_on": attempt.day,
        "unit_id": attempt.unit_id,
    }
    yield Rewardable(
        activity="daily_correct",
        source=f"attempt:{attempt.id}:correct",
        quantity=result.rewarded_correct,
        note=result.correct_note,
        **about,  # type: ignore[arg-type]
    )
    if result.is_complete:
        yield Rewardable(
            activity="daily_finished",
            source=f"attempt:{attempt.id}:finished",
            quantity=1,
            note=result.finished_note,
            **about,  # type: ignore[arg-type]
        )


@tells_rewards("quizzes")
def rewards_since(day: date) -> Iterator[Rewardable]:
    """Yield the rewardable facts of every final attempt whose day is ``day`` or later.

    With what its responses are worth now: a ledger written anew needs no corrections.
    """
    last_id = 0
    while True:
        attempts = db.session.scalars(
            select(Attempt)
            .where(Attempt.day >= day, Attempt.state != OPEN, Attempt.id > last_id)
            .order_by(Attempt.id)
            .limit(BATCH)
        ).all()
        if not attempts:
            return
        responses: dict[int, list[Response]] = {attempt.id: [] for attempt in attempts}
        for response in db.session.scalars(
            select(Response).where(Response.attempt_id.in_(list(responses)))
        ):
            responses[response.attempt_id].append(response)
        worth = effective([r for given in responses.values() for r in given])
        for attempt in attempts:
            result = outcome_now(responses[attempt.id], attempt.length, worth)
            yield from _rewards(attempt, result)
        last_id = attempts[-1].id


@atomic
def close_stale(limit: int = BATCH) -> int:
    """Close attempts whose deadline has passed, with what was answered; return how many."""
    stale = db.session.scalars(
        select(Attempt)
        .where(Attempt.state == OPEN, Attempt.deadline_at < clock.database_now())
        .order_by(Attempt.deadline_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for attempt in stale:
        _conclude(attempt, _responses(attempt.id), CLOSED)
    return len(stale)


@atomic
def forget_times() -> int:
    """Delete when responses arrived, seven days after their attempt became final; count them."""
    long_final = select(Attempt.id).where(
        Attempt.finished_at < clock.now() - rules.RECEIVED_KEPT, Attempt.state != OPEN
    )
    gone = db.session.execute(
        update(Response)
        .where(Response.received_at.is_not(None), Response.attempt_id.in_(long_final))
        .values(received_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
