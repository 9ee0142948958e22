"""Settling: once all texts of an attempt are marked, its score is set, once, and told."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from question_bank.grading import grade_marked
from question_bank.responses import read_response
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.events import announce_rewards
from quizapp.items import service as items

from ...models import DONE, OPEN, SETTLED, Attempt, Response, Script, Settlement
from ...rules import Outcome
from ..finishing import announce_finished, announce_graded, rewards_of, set_passed
from ..worth import effective, outcome_now
from . import rules
from .marks import counting, marks_of

BATCH = 200


def settle_due() -> int:
    """Settle every attempt whose last mark cannot be taken back any more; return how many."""
    return sum(settle(attempt_id) for attempt_id in _due())


def _due() -> list[int]:
    """Return attempts of which every script is done, and has been for long enough."""
    before = clock.now() - rules.SETTLES_AFTER
    other = aliased(Script)
    is_missing = exists().where(
        other.attempt_id == Script.attempt_id,
        (other.stage.not_in((DONE, SETTLED))) | (other.marked_at > before),
    )
    return list(
        db.session.scalars(
            select(Script.attempt_id)
            .where(Script.stage == DONE, Script.marked_at <= before, ~is_missing)
            .distinct()
            .order_by(Script.attempt_id)
            .limit(BATCH)
        )
    )


@atomic
def settle(attempt_id: int) -> bool:
    """Give an attempt the score of its marks, and tell; return whether this call did so.

    The row lock orders two calls at once: the second one finds nothing to do. It also orders this
    with a mark that is taken back, and with answers that are graded again.
    """
    attempt = db.session.scalar(select(Attempt).where(Attempt.id == attempt_id).with_for_update())
    scripts = db.session.scalars(
        select(Script)
        .where(Script.attempt_id == attempt_id)
        .order_by(Script.response_id)
        .with_for_update()
    ).all()
    if attempt is None or attempt.state == OPEN or not attempt.awaits_marking:
        return False
    if not scripts or not all(_is_ripe(script) for script in scripts):
        return False
    responses = list(
        db.session.scalars(
            select(Response).where(Response.attempt_id == attempt_id).order_by(Response.position)
        )
    )
    marked = _grade(responses, scripts)
    _tell(attempt, marked, _conclude(attempt, responses))
    return True


def _is_ripe(script: Script) -> bool:
    is_old = script.marked_at and script.marked_at <= clock.now() - rules.SETTLES_AFTER
    return script.stage == SETTLED or (script.stage == DONE and bool(is_old))


def _grade(responses: Sequence[Response], scripts: Sequence[Script]) -> list[Response]:
    """Give the responses that were marked their scores; return them."""
    by_id = {response.id: response for response in responses}
    marks = marks_of(list(by_id))
    for script in scripts:
        response = by_id[script.response_id]
        item = items.get_stored(response.item_version_id).item
        given = read_response(item, json.loads(response.given))
        score = grade_marked(item, given, counting(marks[response.id]))
        response.score, response.is_correct = score.points, score.is_correct
        response.is_pending = False
        script.stage = SETTLED
    return [by_id[script.response_id] for script in scripts]


def _conclude(attempt: Attempt, responses: Sequence[Response]) -> Outcome:
    """Sum the attempt up anew, with what corrections have given it since."""
    db.session.flush()
    result = outcome_now(responses, attempt.length, effective(responses))
    attempt.score = result.score
    attempt.awaits_marking = False
    set_passed(attempt)
    db.session.execute(
        insert(Settlement)
        .values(attempt_id=attempt.id, person_id=attempt.person_id, at=clock.now())
        .on_conflict_do_nothing(index_elements=["attempt_id"])
    )
    db.session.flush()
    return result


def _tell(attempt: Attempt, marked: Sequence[Response], result: Outcome) -> None:
    """Announce the result once more, and for the first time what had to be marked."""
    announce_finished(attempt)
    announce_graded(attempt, marked)
    announce_rewards(rewards_of(attempt, result))
