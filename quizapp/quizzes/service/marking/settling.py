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
from quizapp.core.events import GradedResponse, ResponsesGraded, announce
from quizapp.items import service as items

from ... import rules as quiz_rules
from ...events import AttemptFinished
from ...models import (
    DONE,
    OPEN,
    SETTLED,
    Attempt,
    FormItem,
    QuizBlueprint,
    Response,
    Script,
    Settlement,
)
from ...rules import attempt_source
from ..worth import effective, outcome_now
from . import rules
from .marks import counting, marks_of
from .phases import told_now

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
    quiz = db.session.get_one(QuizBlueprint, attempt.blueprint_id)
    _conclude(attempt, quiz, responses)
    _tell(attempt, quiz, marked)
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


def _conclude(attempt: Attempt, quiz: QuizBlueprint, responses: Sequence[Response]) -> None:
    """Sum the attempt up anew, with what corrections have given it since."""
    db.session.flush()
    attempt.score = outcome_now(responses, attempt.length, effective(responses)).score
    attempt.is_passed = is_passed(attempt.score, attempt.length, quiz.cut_score)
    attempt.awaits_marking = False
    db.session.execute(
        insert(Settlement)
        .values(attempt_id=attempt.id, person_id=attempt.person_id, at=clock.now())
        .on_conflict_do_nothing(index_elements=["attempt_id"])
    )
    db.session.flush()


def is_passed(score: float, length: int, cut_score: float | None) -> bool | None:
    """Tell whether a score of so many items passes; None where there is no passing."""
    if cut_score is None or not length:
        return None
    return score / length >= cut_score - quiz_rules.NEXT_TO_NOTHING


def _tell(attempt: Attempt, quiz: QuizBlueprint, marked: Sequence[Response]) -> None:
    """Announce the result once more, and for the first time what had to be marked."""
    announce(finished(attempt))
    purposes = {
        position: purpose
        for position, purpose in db.session.execute(
            select(FormItem.position, FormItem.purpose).where(FormItem.form_id == attempt.form_id)
        )
    }
    announce(
        ResponsesGraded(
            user_id=attempt.person_id,
            occurred_on=attempt.day,
            unit_id=attempt.unit_id,
            mode=attempt.mode,
            source=attempt_source(attempt.id),
            is_told="key" in told_now(quiz),
            responses=tuple(
                GradedResponse(
                    item_id=items.get_stored(response.item_version_id).item_id,
                    item_version_id=response.item_version_id,
                    score=response.score,
                    is_correct=response.is_correct,
                    is_rapid=response.is_rapid,
                    is_confident=response.is_confident,
                    purpose=purposes[response.position],
                )
                for response in marked
            ),
        )
    )


def finished(attempt: Attempt) -> AttemptFinished:
    """Return the fact that an attempt is final, with its present figures."""
    return AttemptFinished(
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
