"""Answering: check the attempt, keep the graded response. Small on purpose: announces nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, Select, bindparam, select

from question_bank.grading import NeedsMarking, Score, grade
from question_bank.items import Item, Prompt
from question_bank.responses import EmptyResponse, ResponseError, read_response
from question_bank.responses import Response as Given
from quizapp.accounts.access import Viewer
from quizapp.core import clock, security
from quizapp.core.db import atomic, db, insert, is_sqlite
from quizapp.core.forms import Refusal
from quizapp.items import service as items

from .. import rules
from ..models import OPEN, Attempt, FormItem, Response
from .reading import ATTEMPT_FIELDS, AttemptView, Shown, to_shown, to_view

_CHOSEN = ("single", "multiple", "true_false")
SHOWN = "quizzes.shown"  # purpose of the signed moment at which an item was shown


@dataclass(frozen=True)
class Submission:
    """What a device sends for one item; ``shown_token`` proves when it was shown, or is empty.

    ``options`` are the values as ``question_bank.responses`` describes them.
    """

    position: int
    options: tuple[str, ...]
    uuid: str
    shown_token: str = ""


@dataclass(frozen=True)
class Answered:
    """A response is stored; ``attempt`` and ``shown`` are what its page needs.

    ``is_new`` is False for a repetition; ``is_last`` asks to finish, nothing else is missing.
    """

    attempt: AttemptView
    shown: Shown
    is_new: bool
    is_last: bool


# The hottest path of all: its three statements are built once and read plain rows.
_ATTEMPT, _SHOWN, _RESPONSE = Attempt.__table__.c, FormItem.__table__.c, Response.__table__.c
_RESPONSES: Select[Any] = (
    select(
        _RESPONSE.position,
        _RESPONSE.submission_uuid,
        _RESPONSE.given,
        _RESPONSE.score,
        _RESPONSE.is_correct,
        _RESPONSE.is_rapid,
        _RESPONSE.is_late,
    )
    .where(_RESPONSE.attempt_id == bindparam("attempt"))
    .order_by(_RESPONSE.position)
)


@cache
def _taking(is_time_given: bool) -> Select[Any]:
    """Build the statement that reads and locks an attempt with the item at a position.

    The row lock orders two last answers: without it neither would see that the set is complete.
    """
    return (
        select(
            *(_ATTEMPT[name] for name in ATTEMPT_FIELDS),
            _SHOWN.item_version_id,
            _SHOWN.option_seed,
            clock.present(given=is_time_given).label("now"),
        )
        .join_from(Attempt.__table__, FormItem.__table__, _SHOWN.form_id == _ATTEMPT.form_id)
        .where(
            _ATTEMPT.public_id == bindparam("attempt"),
            _ATTEMPT.person_id == bindparam("person"),
            _SHOWN.position == bindparam("place"),
        )
        .with_for_update(of=Attempt.__table__)
    )


@cache
def _keeping(_is_on_sqlite: bool) -> Any:
    """Build the statement that stores a response unless there is one, for the database in use."""
    return insert(Response.__table__).on_conflict_do_nothing().returning(_RESPONSE.id)


@atomic
def answer(viewer: Viewer, attempt_id: str, submission: Submission) -> Answered:
    """Store and grade a response; the same submission again gives the stored result.

    What came first is kept, also when another device sends something else. A response after the
    deadline is kept and marked late. Raises LookupError for an attempt of somebody else, Refusal
    for a response that the item cannot take.
    """
    if not rules.is_submission_uuid(submission.uuid):
        raise Refusal(_("Nothing was saved. Open the question again and submit."), status=422)
    row = db.session.execute(
        _taking(clock.is_given()),
        {
            "attempt": attempt_id,
            "person": viewer.id,
            "place": submission.position,
            "clock_now": clock.now(),
        },
    ).first()
    if row is None:
        raise LookupError(f"attempt {attempt_id}")
    stored = items.get_stored(row.item_version_id)
    prompt = stored.item.prompt(row.option_seed)
    is_new = _store(row, stored, prompt, submission)
    responses = db.session.execute(_RESPONSES, {"attempt": row.id}).all()
    if not is_new:
        _check_repetition(responses, submission)
    kept = next(each for each in responses if each.position == submission.position)
    return Answered(
        attempt=to_view(row, responses),
        shown=to_shown(stored, prompt, kept),
        is_new=is_new,
        is_last=len(responses) == row.length and row.state == OPEN,
    )


def _store(
    attempt: Row[Any], stored: items.StoredItem, prompt: Prompt, submission: Submission
) -> bool:
    """Grade and keep a response; return False when there is one, or its UUID was used already."""
    try:
        given = read_response(stored.item, submission.options)
    except ResponseError as error:
        is_written = error.code == EmptyResponse.code and prompt.kind not in _CHOSEN
        code = "response.nothing_given" if is_written else error.code
        raise Refusal(_words_for(code), status=422, field="option") from error
    score = _graded(stored.item, given)
    seconds = _seconds_taken(attempt.public_id, submission)
    written = db.session.execute(
        _keeping(is_sqlite()),
        {
            "attempt_id": attempt.id,
            "position": submission.position,
            "item_version_id": stored.version_id,
            "submission_uuid": submission.uuid.lower(),
            "given": json.dumps(given.values(), ensure_ascii=False),
            "score": score.points,
            "is_correct": score.is_correct,
            "is_rapid": seconds is not None and rules.is_rapid(seconds, _characters(prompt)),
            "is_late": rules.is_late(attempt.now, attempt.deadline_at) or attempt.state != OPEN,
            "received_at": attempt.now,
        },
    ).first()
    if written is not None and seconds is not None:
        items.note_time(stored.version_id, seconds)
    return written is not None


def _graded(item: Item, given: Given) -> Score:
    """Grade a response; what a person has to mark is not asked here, and cannot be answered."""
    try:
        return grade(item, given)
    except NeedsMarking as error:
        raise Refusal(_("Nobody marks essays here. Nothing was saved."), status=422) from error


def _words_for(code: str) -> str:
    return {
        "response.empty": _("Choose an option, then submit."),
        "response.nothing_given": _("Give an answer, then submit."),
        "response.too_many_options": _("This question takes one option only."),
        "response.incomplete_order": _("Give every entry a place, then submit."),
        "response.repeated_place": _("Two entries have the same place. Each has its own."),
        "response.not_a_number": _("Write a number, such as 12 or 3.5, then submit."),
        "response.too_long": _("This is too long. Shorten it, then submit."),
    }.get(code, _("This option does not belong to the question. Nothing was saved."))


def _check_repetition(responses: Sequence[Row[Any]], submission: Submission) -> None:
    """Raise Refusal when the conflict was the UUID, used at another position before."""
    uuid = submission.uuid.lower()
    if any(
        row.submission_uuid == uuid and row.position != submission.position for row in responses
    ):
        raise Refusal(_("Nothing was saved. Open the question again and submit."), status=409)


def shown_token(attempt_id: str, position: int, *, known: str = "") -> str:
    """Return a signed proof of when an item was shown: ``known`` if it is one, else a new one."""
    if _shown_at(attempt_id, position, known):
        return known
    return security.sign(SHOWN, [attempt_id, position])


def _shown_at(attempt_id: str, position: int, token: str) -> datetime | None:
    proof = security.unsign(SHOWN, token) if token else None
    return proof[1] if proof and proof[0] == [attempt_id, position] else None


def _seconds_taken(attempt_id: str, submission: Submission) -> float | None:
    """Return how long the item lay before its learner; None without a proof of it."""
    shown_at = _shown_at(attempt_id, submission.position, submission.shown_token)
    return (clock.now() - shown_at).total_seconds() if shown_at else None


def _characters(prompt: Prompt) -> int:
    """Return how much there is to read."""
    return sum(map(len, prompt.texts()))
