"""Appeals: a learner asks for another look at a score, and somebody who did not mark it answers."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from question_bank.grading import grade_marked
from question_bank.regrading import Regraded
from question_bank.responses import read_response
from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.items import service as items

from ... import rules as quiz_rules
from ...models import (
    APPEAL,
    AWAITED,
    DECLINED,
    OPEN,
    UPHELD,
    Appeal,
    Attempt,
    Mark,
    QuizBlueprint,
    Regrade,
    Response,
    Settlement,
)
from ..finishing import announce_finished, set_passed
from ..settings import to_quiz
from ..worth import effective
from . import rules
from .bench import most_of, texts_of
from .phases import tells_scores, waits_for_closing
from .saving import check_words
from .scope import in_scope


@atomic
def appeal(viewer: Viewer, attempt_id: str, position: int, reason: str) -> None:
    """Ask for another look at the score of the viewer's own response, once.

    Raises LookupError for a response of somebody else, Refusal when it is too late or nothing could
    be gained.
    """
    row = db.session.execute(
        select(Response, Attempt, QuizBlueprint, Settlement.at)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .outerjoin(Settlement, Settlement.attempt_id == Attempt.id)
        .where(
            Attempt.public_id == attempt_id,
            Attempt.person_id == viewer.id,
            Response.position == position,
        )
    ).first()
    if row is None:
        raise LookupError(f"position {position} of attempt {attempt_id}")
    worth = effective([row.Response])[row.Response.id]
    if not may_appeal(row.Attempt, row.Response, row.QuizBlueprint, row.at, worth):
        raise Refusal(_("This score cannot be appealed against any more."))
    if not reason.strip():
        raise Refusal(_("Say what should be looked at again."), status=422, field="reason")
    check_words(reason)
    written = db.session.execute(
        insert(Appeal)
        .values(
            response_id=row.Response.id,
            blueprint_id=row.Attempt.blueprint_id,
            person_id=viewer.id,
            reason=reason.strip(),
            at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["response_id"])
        .returning(Appeal.id)
    ).first()
    if written is None:
        raise Refusal(_("You have appealed against this score already. It is being looked at."))


def may_appeal(
    attempt: Attempt,
    response: Response,
    quiz: QuizBlueprint,
    settled_at: datetime | None,
    worth: Regraded,
) -> bool:
    """Tell whether a score can be appealed against now, if it was not yet.

    It counts, is told, could be more, and the days since it was known are not over.
    """
    if attempt.mode not in quiz_rules.MARKED or attempt.state == OPEN or response.is_late:
        return False
    if response.is_pending or worth.points >= 1 - quiz_rules.NEXT_TO_NOTHING:
        return False
    until = appeal_until(attempt, quiz, settled_at)
    return tells_scores(to_quiz(quiz)) and until is not None and clock.now() <= until


def appeal_until(
    attempt: Attempt, quiz: QuizBlueprint, settled_at: datetime | None
) -> datetime | None:
    """Return until when scores of an attempt can be appealed against."""
    return rules.appeal_until(
        attempt.finished_at,
        settled_at,
        quiz.closes_at if waits_for_closing(to_quiz(quiz)) else None,
    )


@atomic
def decline(viewer: Viewer, appeal_id: str, answer: str) -> None:
    """Answer an appeal and leave the score as it is.

    Raises LookupError for an appeal that is not the viewer's to answer, Refusal without an answer
    and when somebody has answered it already.
    """
    row = find(viewer, appeal_id)
    _answer(viewer, row, DECLINED, answer)


@atomic
def uphold(viewer: Viewer, appeal_id: str, points: rules.Points, answer: str) -> float:
    """Give a response new points, more than it had, and tell its person; return the gain.

    ``points`` are those of its criteria; of what needs no marking the one score, 0 to 1. Raises
    what ``decline`` raises, and Refusal for points that do not fit or are not more.
    """
    row = find(viewer, appeal_id)
    attempt = db.session.scalars(
        select(Attempt).where(Attempt.id == row.attempt_id).with_for_update()
    ).one()
    response = db.session.get_one(Response, row.response_id)
    before = effective([response])[response.id].points
    after = _worth(response, points)
    if after <= before + quiz_rules.NEXT_TO_NOTHING:
        raise Refusal(
            _("Give more points than before. To leave the score as it is, decline the appeal."),
            status=422,
        )
    _answer(viewer, row, UPHELD, answer)
    _correct(viewer, row, points, before, after)
    _add(attempt, after - before)
    return after - before


def _worth(response: Response, points: rules.Points) -> float:
    """Return what new points make of a response; raise Refusal when they do not fit."""
    item = items.get_stored(response.item_version_id).item
    texts = texts_of(item, response.given)
    if not rules.fits(points, most_of(texts) if texts else ((1.0,),)):
        raise Refusal(
            _("Give points for every criterion, from 0 to its most. Then save."), status=422
        )
    if not texts:
        return points[0][0]
    return grade_marked(item, read_response(item, json.loads(response.given)), points).points


def _answer(viewer: Viewer, row: Any, state: str, answer: str) -> None:
    """Close an appeal, once, with an answer."""
    if not answer.strip():
        raise Refusal(_("Write an answer: its person reads it."), status=422, field="answer")
    check_words(answer)
    written = db.session.execute(
        update(Appeal)
        .where(Appeal.id == row.id, Appeal.state == AWAITED)
        .values(state=state, answer=answer.strip(), handler_id=viewer.id, handled_at=clock.now())
        .returning(Appeal.id)
    ).first()
    if written is None:
        raise Refusal(_("Somebody has answered this appeal already. Nothing was changed."))
    audit.record(f"appeal.{state}", f"appeal:{row.public_id}", actor_id=viewer.id)


def _correct(viewer: Viewer, row: Any, points: rules.Points, before: float, after: float) -> None:
    written = db.session.execute(
        insert(Mark)
        .values(
            response_id=row.response_id,
            round=APPEAL,
            marker_id=viewer.id,
            points=json.dumps(points),
            comment="",
            note="",
            at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Mark.id)
    ).first()
    if written is None:
        raise Refusal(_("You have marked this answer in another round. Nothing was saved."))
    db.session.execute(
        insert(Regrade).values(
            response_id=row.response_id,
            appeal_id=row.id,
            person_id=row.person_id,
            old_score=before,
            new_score=after,
            at=clock.now(),
        )
    )


def _add(attempt: Attempt, gain: float) -> None:
    """Add a gain to the score of an attempt, and tell; who had passed stays so."""
    attempt.score = (attempt.score or 0.0) + gain
    set_passed(attempt)
    db.session.flush()
    announce_finished(attempt)


def find(viewer: Viewer, appeal_id: str) -> Any:
    """Return an appeal that is the viewer's to answer; raise LookupError for any other.

    It belongs to a quiz of their scope, is not their own, and they have not marked the response.
    """
    row = db.session.execute(
        select(
            Appeal.id,
            Appeal.public_id,
            Appeal.response_id,
            Appeal.person_id,
            Appeal.reason,
            Appeal.state,
            Appeal.at,
            Response.attempt_id,
            Response.item_version_id,
            Response.given,
            QuizBlueprint.name,
        )
        .join(Response, Response.id == Appeal.response_id)
        .join(QuizBlueprint, QuizBlueprint.id == Appeal.blueprint_id)
        .where(
            Appeal.public_id == appeal_id,
            Appeal.person_id != viewer.id,
            in_scope(viewer),
            ~has_marked(viewer),
        )
    ).first()
    if row is None:
        raise LookupError(f"appeal {appeal_id}")
    return row


def has_marked(viewer: Viewer) -> Any:
    """Return whether the viewer has marked the response of an appeal, for a statement."""
    return (
        select(Mark.id)
        .where(Mark.response_id == Appeal.response_id, Mark.marker_id == viewer.id)
        .correlate(Appeal)
        .exists()
    )
