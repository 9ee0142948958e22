"""What must hold for attempts and responses."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import case, func, select

from question_bank.grading import NeedsMarking, grade
from question_bank.responses import ResponseError, read_response
from quizapp.core.checks import invariant
from quizapp.core.db import db
from quizapp.items.service import get_stored

from . import rules, service
from .models import (
    OPEN,
    Attempt,
    Credit,
    FormItem,
    Preshift,
    PreshiftAnswer,
    QuizBlueprint,
    Regrade,
    Response,
)
from .service.authoring import checking as desk
from .service.marking import checking

_IS_OPEN = case((Attempt.state == OPEN, 1), else_=0)


@invariant("I3", "A position of an attempt has one response, to the item that was shown there.")
def responses_fit_their_form() -> Iterator[str]:
    """Yield responses at positions, or to versions, that their form does not have."""
    rows = db.session.execute(
        select(Response.id, Response.item_version_id, FormItem.item_version_id.label("shown"))
        .join(Attempt, Attempt.id == Response.attempt_id)
        .outerjoin(
            FormItem,
            (FormItem.form_id == Attempt.form_id) & (FormItem.position == Response.position),
        )
        .execution_options(yield_per=1000)
    )
    for row in rows:
        if row.item_version_id != row.shown:
            yield f"quizzes_response {row.id}: not the item that was shown"


@invariant("I5", "No response from before the start or after deadline and grace counts.")
def late_responses_do_not_count() -> Iterator[str]:
    """Yield responses whose arrival and flag disagree."""
    rows = db.session.execute(
        select(
            Response.id,
            Response.received_at,
            Response.is_late,
            Attempt.started_at,
            Attempt.deadline_at,
            Attempt.grace_seconds,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Response.received_at.is_not(None))
        .execution_options(yield_per=1000)
    )
    for row in rows:
        if row.received_at < row.started_at:
            yield f"quizzes_response {row.id}: older than its attempt"
        elif not row.is_late and rules.is_late(row.received_at, row.deadline_at, row.grace_seconds):
            yield f"quizzes_response {row.id}: late but counted"


@invariant("I22", "Nobody has more attempts at a quiz than it allows, and one of them open.")
def attempts_are_counted() -> Iterator[str]:
    """Yield people with too many attempts at a quiz, or with two open ones at the same time."""
    rows = db.session.execute(
        select(
            Attempt.person_id,
            Attempt.blueprint_id,
            QuizBlueprint.attempts_allowed,
            func.count().label("number"),
            func.sum(_IS_OPEN).label("open"),
        )
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .where(Attempt.mode != rules.DAILY)  # one a day by its unique key, open for two days more
        .group_by(Attempt.person_id, Attempt.blueprint_id, QuizBlueprint.attempts_allowed)
        .having((func.count() > QuizBlueprint.attempts_allowed) | (func.sum(_IS_OPEN) > 1))
    )
    for row in rows:
        yield f"person {row.person_id} has {row.number} attempts, {row.open} of them open"


@invariant("I23", "An attempt has at least the time that outages gave back to it.")
def credits_are_in_deadlines() -> Iterator[str]:
    """Yield attempts whose deadline moved by less than their credits."""
    rows = db.session.execute(
        select(Attempt.id, Attempt.credited_seconds, func.sum(Credit.seconds).label("given"))
        .join(Credit, Credit.attempt_id == Attempt.id)
        .group_by(Attempt.id, Attempt.credited_seconds)
    )
    for row in rows:
        if row.credited_seconds < row.given:
            yield f"quizzes_attempt {row.id}: {row.given} s were given back, not all arrived"


@invariant("I8", "Every score is what grading the kept response against the kept version gives.")
def scores_can_be_graded_again() -> Iterator[str]:
    """Yield responses that would be graded otherwise, and attempts whose sum differs."""
    rows = db.session.execute(
        select(
            Response.id, Response.item_version_id, Response.given, Response.score
        ).execution_options(yield_per=1000)
    )
    for row in rows:
        item = get_stored(row.item_version_id).item
        try:
            points = grade(item, read_response(item, json.loads(row.given))).points
        except NeedsMarking:
            continue  # a person did it: I50
        except ResponseError:
            yield f"quizzes_response {row.id}: no response to its item"
            continue
        if abs(points - row.score) > 1e-9:
            yield f"quizzes_response {row.id}: graded otherwise now"
    gained = (
        select(Regrade.response_id, func.sum(Regrade.new_score - Regrade.old_score).label("gain"))
        .group_by(Regrade.response_id)
        .subquery()
    )
    worth = Response.score + func.coalesce(gained.c.gain, 0)
    sums = db.session.execute(
        select(Attempt.id, Attempt.score, func.coalesce(func.sum(worth), 0).label("sum"))
        .outerjoin(Response, (Response.attempt_id == Attempt.id) & ~Response.is_late)
        .outerjoin(gained, gained.c.response_id == Response.id)
        .where(Attempt.state != OPEN)
        .group_by(Attempt.id, Attempt.score)
    )
    for attempt_id, score, total in sums:
        if abs((score or 0) - total) > 1e-9:
            yield f"quizzes_attempt {attempt_id}: its score is not the sum of its responses"


@invariant("I20", "Grading again only ever adds, to final answers of the person they belong to.")
def regrades_are_in_favour() -> Iterator[str]:
    """Yield regrades that took something away or went to somebody else."""
    yield from service.find_wrong_regrades()


@invariant("I50", "A marked answer has the score of its marks, and what waits is in a queue.")
def marks_give_their_scores() -> Iterator[str]:
    """Yield marked responses with another score, and pending ones that no marker will meet."""
    yield from checking.find_wrong_scores()
    yield from checking.find_wrong_stages()


@invariant("I51", "Nobody marks their own answer, and nobody marks an answer twice.")
def markers_are_others() -> Iterator[str]:
    """Yield marks by the author of the answer, and two marks of one answer by one person."""
    yield from checking.find_own_marks()


@invariant("I52", "An upheld appeal has a new mark and a gain; nothing else of an appeal has.")
def appeals_are_answered_by_others() -> Iterator[str]:
    """Yield appeals whose outcome and gain disagree, or that their own person answered."""
    yield from checking.find_wrong_appeals()


@invariant("I53", "A quiz has rules that can be drawn by, and is for its own organisation.")
def quizzes_can_be_taken() -> Iterator[str]:
    """Yield quizzes with rules that make no sense, or with units of others."""
    yield from desk.find_unreadable_rules()
    yield from desk.find_foreign_units()


@invariant("I24", "What a team answered is graded as the version it was shown, once a shift.")
def preshift_answers_can_be_graded_again() -> Iterator[str]:
    """Yield teams' answers that would be graded otherwise, or whose version is not of the item."""
    rows = db.session.execute(
        select(
            Preshift.id,
            Preshift.item_id,
            Preshift.item_version_id,
            PreshiftAnswer.given,
            PreshiftAnswer.is_correct,
        )
        .join(PreshiftAnswer, PreshiftAnswer.preshift_id == Preshift.id)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        stored = get_stored(row.item_version_id)
        given = read_response(stored.item, json.loads(row.given))
        if stored.item_id != row.item_id:
            yield f"quizzes_preshift {row.id}: its version is of another item"
        elif grade(stored.item, given).is_correct != row.is_correct:
            yield f"quizzes_preshift {row.id}: graded otherwise now"
