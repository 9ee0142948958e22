"""Finishing: write the result once and announce it, with everything others make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    announce_rewards,
    tells_rewards,
)
from quizapp.items.service import get_stored

from .. import rules
from ..events import AttemptFinished
from ..models import CLOSED, FINISHED, OPEN, Attempt, FormItem, Response
from .marking.scripts import hand_over
from .reading import AttemptView, get_attempt, to_view
from .settings import get_fixed, get_present
from .storing import Outcome
from .worth import effective, outcome_now

BATCH = 200


@atomic
def finish(viewer: Viewer, attempt_id: str) -> bool:
    """Make a complete attempt final and announce it; return whether this call did so.

    Raises LookupError for an attempt of somebody else.
    """
    return _finish(viewer.id, attempt_id, is_handed_in=False)


@atomic
def hand_in(viewer: Viewer, attempt_id: str) -> AttemptView:
    """Make an attempt final as it stands, and return it; what is missing counts as left out.

    Handing in twice changes nothing. A daily set is handed in by its last answer only: whoever
    stops in between goes on later. Raises LookupError for an attempt of somebody else.
    """
    _finish(viewer.id, attempt_id, is_handed_in=True)
    return get_attempt(viewer, attempt_id)


@atomic
def conclude(person_id: int, outcome: Outcome) -> AttemptView | None:
    """Finish the attempt that a response just completed, in a transaction of its own.

    The answer is stored already. Should the server die before this, the device sends it again, and
    the repetition finishes the attempt; without the device its deadline does. None when somebody
    else was first.
    """
    if not _finish(person_id, outcome.attempt.public_id, is_handed_in=True):
        return None
    attempt = db.session.get_one(Attempt, outcome.attempt.id)
    return to_view(attempt, get_present(attempt.blueprint_id), (outcome.all or {}).values())


def _finish(person_id: int, attempt_id: str, *, is_handed_in: bool) -> bool:
    attempt = db.session.scalar(
        select(Attempt)
        .where(Attempt.public_id == attempt_id, Attempt.person_id == person_id)
        .with_for_update()
    )
    if attempt is None:
        raise LookupError(f"attempt {attempt_id}")
    if attempt.state != OPEN:
        return False
    responses = _responses(attempt.id)
    may_stop = is_handed_in and attempt.mode not in (rules.DAILY, rules.PRACTICE, rules.MISTAKES)
    if len(responses) < attempt.length and not may_stop:
        return False
    if attempt.mode == rules.CHALLENGE:
        attempt.length = len(responses)  # what was drawn ahead and never seen is not asked
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


def _outcome(attempt: Attempt, responses: Sequence[Response]) -> rules.Outcome:
    graded = [
        rules.Graded(r.score, r.is_correct, r.is_rapid, r.is_late, r.is_pending) for r in responses
    ]
    return rules.outcome(graded, attempt.length)


def _conclude(attempt: Attempt, responses: list[Response], state: str) -> None:
    result = _outcome(attempt, responses)
    attempt.state = state
    attempt.finished_at = clock.now()
    attempt.score = result.score
    attempt.awaits_marking = result.awaits_marking
    set_passed(attempt)
    db.session.flush()
    announce_finished(attempt)
    announce_graded(attempt, responses)
    if result.awaits_marking:
        hand_over(attempt.id)
    announce_rewards(rewards_of(attempt, result))


def set_passed(attempt: Attempt) -> None:
    """Write whether an attempt is passed; unknown while its essays wait to be marked."""
    cut_score = get_fixed(attempt.blueprint_id).cut_score
    is_known = not attempt.awaits_marking
    passed = rules.is_passed(attempt.score or 0.0, attempt.length, cut_score)
    attempt.is_passed = passed if is_known else None


def announce_finished(attempt: Attempt) -> None:
    """Tell everybody what a final attempt comes to."""
    announce(
        AttemptFinished(
            attempt_id=attempt.id,
            public_id=attempt.public_id,
            blueprint_id=attempt.blueprint_id,
            person_id=attempt.person_id,
            unit_id=attempt.unit_id,
            mode=attempt.mode,
            day=attempt.day,
            score=attempt.score or 0.0,
            length=attempt.length,
            is_passed=attempt.is_passed,
        )
    )


def announce_graded(attempt: Attempt, responses: Sequence[Response]) -> None:
    """Tell everybody how responses of a final attempt were graded; what still waits is left out."""
    announce(
        ResponsesGraded(
            user_id=attempt.person_id,
            occurred_on=attempt.day,
            unit_id=attempt.unit_id,
            mode=attempt.mode,
            source=rules.attempt_source(attempt.id),
            responses=_graded(attempt, responses),
        )
    )


def _graded(attempt: Attempt, responses: Sequence[Response]) -> tuple[GradedResponse, ...]:
    purposes = _purposes(attempt.form_id)
    return tuple(
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
    )


def rewards_of(attempt: Attempt, result: rules.Outcome) -> Iterator[Rewardable]:
    """Yield what a final attempt may earn; the same facts every time it is asked."""
    if attempt.mode == rules.DAILY:
        yield _reward(
            attempt, "daily_correct", "correct", result.rewarded_correct, result.correct_note
        )
        if result.is_complete:
            yield _reward(attempt, "daily_finished", "finished", 1, result.finished_note)
    elif attempt.mode in rules.EARNING and attempt.is_passed:
        yield Rewardable(
            user_id=attempt.person_id,
            activity="quiz_passed",
            source=rules.passed_source(attempt.blueprint_id),
            quantity=1,
            occurred_on=attempt.day,
            unit_id=attempt.unit_id,
            note=result.finished_note,
        )


def _reward(attempt: Attempt, activity: str, what: str, quantity: int, note: str) -> Rewardable:
    return Rewardable(
        user_id=attempt.person_id,
        activity=activity,
        source=f"{rules.attempt_source(attempt.id)}:{what}",
        quantity=quantity,
        occurred_on=attempt.day,
        unit_id=attempt.unit_id,
        note=note,
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
            .where(
                Attempt.day >= day,
                Attempt.state != OPEN,
                Attempt.mode.in_((rules.DAILY, *rules.EARNING)),
                Attempt.id > last_id,
            )
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
            yield from rewards_of(attempt, result)
        last_id = attempts[-1].id


@atomic
def close_stale(limit: int = BATCH) -> int:
    """Close attempts whose deadline and grace have passed, as they stand; return how many."""
    stale = db.session.scalars(
        select(Attempt)
        .where(Attempt.state == OPEN, Attempt.deadline_at < clock.database_now())
        .order_by(Attempt.deadline_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    now = clock.now()
    over = [a for a in stale if rules.is_late(now, a.deadline_at, a.grace_seconds)]
    for attempt in over:
        responses = _responses(attempt.id)
        if attempt.mode == rules.CHALLENGE:
            attempt.length = len(responses)
        _conclude(attempt, responses, CLOSED)
    return len(over)


def reopen(attempt: Attempt) -> None:
    """Open an attempt again that its clock closed; part of a command that moved its deadline.

    What it earned stays: sources count once, and a second end corrects only upwards.
    """
    attempt.state = OPEN
    attempt.finished_at = None
    attempt.score = None
    attempt.is_passed = None
    attempt.awaits_marking = False


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
