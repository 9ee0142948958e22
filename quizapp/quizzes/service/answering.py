"""Answering: check the attempt, keep the graded response. Small on purpose: announces nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from question_bank.grading import grade
from question_bank.responses import ResponseError, read_response
from quizapp.accounts.access import Viewer
from quizapp.core import clock, security
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.items import service as items

from .. import rules
from ..models import Attempt, FormItem, Response

SHOWN = "quizzes.shown"  # purpose of the signed moment at which an item was shown


@dataclass(frozen=True)
class Submission:
    """What a device sends for one item; ``shown_token`` proves when it was shown, or is empty."""

    position: int
    options: tuple[str, ...]
    uuid: str
    shown_token: str = ""


@dataclass(frozen=True)
class Answered:
    """A response is stored. ``is_new`` is False for a repetition; ``is_last`` asks to finish."""

    attempt_id: int
    position: int
    is_new: bool
    is_last: bool


@atomic
def answer(viewer: Viewer, attempt_id: str, submission: Submission) -> Answered:
    """Store and grade a response; the same submission again gives the stored result.

    What came first is kept, also when another device sends something else. A response after the
    deadline is kept and marked late. Raises LookupError for an attempt of somebody else, Refusal
    for a response that the item cannot take.
    """
    if not rules.is_submission_uuid(submission.uuid):
        raise Refusal(_("Nothing was saved. Open the question again and submit."), status=422)
    # The row lock orders two last answers: without it neither would see that the set is complete.
    row = db.session.execute(
        select(Attempt, FormItem, clock.database_now().label("now"))
        .join(FormItem, FormItem.form_id == Attempt.form_id)
        .where(
            Attempt.public_id == attempt_id,
            Attempt.person_id == viewer.id,
            FormItem.position == submission.position,
        )
        .with_for_update(of=Attempt)
    ).first()
    if row is None:
        raise LookupError(f"attempt {attempt_id}")
    is_new = _store(row.Attempt, row.FormItem, submission, row.now)
    return Answered(
        attempt_id=row.Attempt.id,
        position=submission.position,
        is_new=is_new,
        is_last=is_new and _count(row.Attempt.id) == row.Attempt.length,
    )


def _store(attempt: Attempt, shown: FormItem, submission: Submission, now: object) -> bool:
    stored = items.get_stored(shown.item_version_id)
    try:
        given = read_response(stored.item, submission.options)
    except ResponseError as error:
        raise Refusal(_words_for(error.code), status=422, field="option") from error
    score = grade(stored.item, given)
    written = db.session.execute(
        insert(Response)
        .values(
            attempt_id=attempt.id,
            position=submission.position,
            item_version_id=stored.version_id,
            submission_uuid=submission.uuid.lower(),
            given=json.dumps(sorted(given.chosen)),
            score=score.points,
            is_correct=score.is_correct,
            is_rapid=_is_rapid(attempt, shown, submission, stored),
            is_late=rules.is_late(now, attempt.deadline_at) or attempt.state != "open",  # type: ignore[arg-type]
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Response.id)
    ).scalar()
    if written is None:
        _check_repetition(attempt.id, submission)
    return written is not None


def _words_for(code: str) -> str:
    return {
        "response.empty": _("Choose an option, then submit."),
        "response.too_many_options": _("This question takes one option only."),
    }.get(code, _("This option does not belong to the question. Nothing was saved."))


def _check_repetition(attempt_id: int, submission: Submission) -> None:
    """Raise Refusal when the conflict was the UUID, used at another position before."""
    position = db.session.scalar(
        select(Response.position).where(
            Response.attempt_id == attempt_id, Response.submission_uuid == submission.uuid.lower()
        )
    )
    if position is not None and position != submission.position:
        raise Refusal(_("Nothing was saved. Open the question again and submit."), status=409)


def shown_token(attempt_id: str, position: int) -> str:
    """Return a signed proof that an item is being shown now."""
    return security.sign(SHOWN, [attempt_id, position])


def _is_rapid(
    attempt: Attempt, shown: FormItem, submission: Submission, stored: items.StoredItem
) -> bool:
    """Tell whether the item was answered faster than it can be read; False without a proof."""
    proof = security.unsign(SHOWN, submission.shown_token) if submission.shown_token else None
    if proof is None or proof[0] != [attempt.public_id, submission.position]:
        return False
    prompt = stored.item.prompt(shown.option_seed)
    characters = len(prompt.stem) + sum(len(option.text) for option in prompt.options)
    return rules.is_rapid((clock.now() - proof[1]).total_seconds(), characters)


def _count(attempt_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(Response).where(Response.attempt_id == attempt_id)
        )
        or 0
    )
