"""Answering: read what was given, grade it, have it stored. Small on purpose: announces nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.grading import NeedsMarking, Score, grade
from question_bank.items import Item, Prompt
from question_bank.responses import EmptyResponse, ResponseError, read_response
from question_bank.responses import Response as Read
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.core.grouping import Crowded
from quizapp.core.i18n import LOCALES, chosen_locale
from quizapp.items import service as items

from .. import rules
from ..models import Attempt, FormItem
from . import challenging, finishing, storing, tickets
from .reading import AttemptView, Shown, to_shown, view_of
from .settings import Quiz, get_fixed
from .storing import Given, Outcome
from .tickets import Ticket

_CHOSEN = ("single", "multiple", "true_false")
NOTHING_GIVEN = Score(0.0, is_correct=False)
LONGEST_CLAIM = timedelta(days=3)  # that an answer may have waited on a device


class SignedOut(Exception):
    """The session in which the question was shown has ended; the answer is still on the device."""


@dataclass(frozen=True)
class Submission:
    """What a device sends for one item; ``ticket`` is that of the question, or empty.

    ``options`` are the values as ``question_bank.responses`` describes them. ``sequence`` grows
    with every change of an answer on a device, None: now. ``claimed_at`` is when the person
    tapped, by the device; ``is_confident`` None: not asked.
    """

    position: int
    options: tuple[str, ...]
    uuid: str
    ticket: str = ""
    sequence: int | None = None
    claimed_at: datetime | None = None
    is_confident: bool | None = None


@dataclass(frozen=True)
class Answered:
    """A response is stored; ``attempt`` and ``shown`` are what its page needs.

    ``is_new`` is False for a repetition and for what came second; ``is_last`` tells that it
    finished the attempt.
    """

    attempt: AttemptView
    shown: Shown
    is_new: bool
    is_last: bool
    state: str
    is_late: bool


def answer(viewer: Viewer, attempt_id: str, submission: Submission) -> Answered:
    """Store and grade a response; the same submission again gives the stored result.

    What came first is kept, also when another device sends something else; where answers may be
    changed, the one that was given last counts. A response after the deadline is kept and marked
    late. The response that completes a set finishes it. Raises LookupError for an attempt of
    somebody else, Refusal for a response that the item cannot take.
    """
    known = tickets.read_own(viewer, submission.ticket)
    shown_at = None
    ticket = _look_up(viewer, attempt_id, submission.position)
    if known and _is_same_question(known[0], ticket):
        ticket, shown_at = known
    return _submit(ticket, shown_at, submission, session_id=None)


def answer_by_ticket(ticket: Ticket, shown_at: datetime, submission: Submission) -> Answered:
    """Store and grade a response on the word of its ticket alone, for the script of the page.

    Raises SignedOut when the session of the ticket has ended, and what ``answer`` raises.
    """
    return _submit(ticket, shown_at, submission, session_id=ticket.session_id or None)


def _is_same_question(one: Ticket, other: Ticket) -> bool:
    return (one.attempt_id, one.position, one.version_id, one.option_seed) == (
        other.attempt_id,
        other.position,
        other.version_id,
        other.option_seed,
    )


def _look_up(viewer: Viewer, attempt_id: str, position: int) -> Ticket:
    row = db.session.execute(
        select(
            Attempt.id,
            Attempt.blueprint_id,
            FormItem.item_version_id,
            FormItem.option_seed,
        )
        .join(FormItem, FormItem.form_id == Attempt.form_id)
        .where(
            Attempt.public_id == attempt_id,
            Attempt.person_id == viewer.id,
            FormItem.position == position,
        )
    ).first()
    if row is None:
        raise LookupError(f"position {position} of attempt {attempt_id}")
    return Ticket(
        attempt_id=row.id,
        person_id=viewer.id,
        session_id=viewer.session_id,
        position=position,
        version_id=row.item_version_id,
        option_seed=row.option_seed,
        blueprint_id=row.blueprint_id,
        rapid_tenths=0,
        language=0,
    )


def _submit(
    ticket: Ticket, shown_at: datetime | None, submission: Submission, *, session_id: int | None
) -> Answered:
    if not rules.is_submission_uuid(submission.uuid):
        raise Refusal(_("Nothing was saved. Open the question again and submit."), status=422)
    stored = items.get_stored(ticket.version_id)
    quiz = get_fixed(ticket.blueprint_id)
    prompt = stored.item.prompt(ticket.option_seed)
    given = _prepare(ticket, shown_at, submission, session_id, stored.item, prompt, quiz)
    try:
        outcome = storing.submit(given)
    except Crowded as error:
        raise Refusal(
            _("The server is busy. Your answer is kept on this device and sent again."), status=503
        ) from error
    _check(outcome, ticket)
    attempt, finished = view_of(outcome), None
    if _is_last(quiz, outcome) and not attempt.is_final:
        finished = finishing.conclude(ticket.person_id, outcome)
        attempt = finished or attempt
    elif quiz.mode == rules.CHALLENGE and outcome.is_complete and not attempt.is_final:
        attempt = replace(attempt, length=challenging.extend(attempt.id))
    return Answered(
        attempt=attempt,
        shown=to_shown(stored, prompt, outcome.kept, ticket, attempt),
        is_new=outcome.state == storing.STORED,
        is_last=finished is not None,
        state=outcome.state,
        is_late=bool(outcome.kept and outcome.kept.is_late),
    )


def _prepare(
    ticket: Ticket,
    shown_at: datetime | None,
    submission: Submission,
    session_id: int | None,
    item: Item,
    prompt: Prompt,
    quiz: Quiz,
) -> Given:
    """Read and grade what was given; nothing of it is stored yet."""
    try:
        read = read_response(item, submission.options)
    except ResponseError as error:
        is_written = error.code == EmptyResponse.code and prompt.kind not in _CHOSEN
        code = "response.nothing_given" if is_written else error.code
        raise Refusal(_words_for(code), status=422, field="option") from error
    score, is_pending = _graded(item, read, quiz)
    seconds = _seconds_taken(shown_at, submission.claimed_at)
    sequence = submission.sequence
    return Given(
        attempt_id=ticket.attempt_id,
        person_id=ticket.person_id,
        session_id=session_id,
        position=ticket.position,
        version_id=ticket.version_id,
        uuid=submission.uuid.lower(),
        sequence=_now_in_ms() if sequence is None else sequence,
        given=json.dumps(read.values(), ensure_ascii=False),
        score=score.points,
        is_correct=score.is_correct,
        is_pending=is_pending,
        is_rapid=seconds is not None and seconds < ticket.rapid_tenths / 10,
        is_confident=submission.is_confident,
        seconds=seconds,
    )


def _graded(item: Item, given: Read, quiz: Quiz) -> tuple[Score, bool]:
    """Grade a response; what a person has to mark counts nothing until then, in an exam only."""
    try:
        return grade(item, given), False
    except NeedsMarking as error:
        if quiz.mode not in rules.MARKED:
            message = _("Nobody marks essays here. Nothing was saved.")
            raise Refusal(message, status=422) from error
        return NOTHING_GIVEN, True


def _now_in_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def _seconds_taken(shown_at: datetime | None, claimed_at: datetime | None) -> float | None:
    """Return how long the item lay before its learner; None when nobody can say.

    An answer that waited on the device was tapped when the device says, if that is possible at
    all: after the question was shown, and not in the future.
    """
    if shown_at is None:
        return None
    now = clock.now()
    if (
        claimed_at is not None
        and shown_at <= claimed_at <= now
        and now - claimed_at < LONGEST_CLAIM
    ):
        return (claimed_at - shown_at).total_seconds()
    return (now - shown_at).total_seconds()


def claimed(milliseconds: object) -> datetime | None:
    """Return a moment that a device names in milliseconds since 1970, or None for nonsense."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    if not 0 < milliseconds < 1e14:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _check(outcome: Outcome, ticket: Ticket) -> None:
    if outcome.state == storing.MISSING:
        raise LookupError(f"attempt {ticket.attempt_id}")
    if outcome.state == storing.SIGNED_OUT:
        raise SignedOut
    if outcome.state == storing.MISUSED:
        raise Refusal(_("Nothing was saved. Open the question again and submit."), status=409)


def _is_last(quiz: Quiz, outcome: Outcome) -> bool:
    """Tell whether nothing is missing any more; who may change answers hands in himself.

    A challenge ends with the first answer that is not right.
    """
    if quiz.mode == rules.CHALLENGE:
        return not all(kept.is_correct for kept in (outcome.all or {}).values())
    return outcome.is_complete and not quiz.is_revisable


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


def ticket_for(viewer: Viewer, attempt: AttemptView, shown: Shown, known: str = "") -> str:
    """Return the ticket of a question that is shown now: ``known`` if it is one for it.

    So a question that is shown again keeps the moment at which it was shown first.
    """
    made = Ticket(
        attempt_id=attempt.id,
        person_id=viewer.id,
        session_id=viewer.session_id,
        position=shown.position,
        version_id=shown.version_id,
        option_seed=shown.option_seed,
        blueprint_id=attempt.blueprint_id,
        rapid_tenths=round(
            10
            * rules.rapid_seconds(
                sum(map(len, shown.prompt.texts())), items.typical_seconds(shown.version_id)
            )
        ),
        language=LOCALES.index(chosen_locale()),
    )
    kept = tickets.read_own(viewer, known)
    if kept and _is_same_question(kept[0], made):
        return known
    return tickets.seal(made)
