"""Taking a quiz: one item a screen, the verdict in its place, looking back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank.items import Prompt, PromptOption, PromptZone
from question_bank.text import MAX_TEXT
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal

from .. import service
from ..service.answering import shown_token
from ..service.comparing import Compared, Line
from .blueprint import bp

MAX_VALUES = 400
_MAX_VALUE = MAX_TEXT + 100  # a little more than any answer may have, so that it can be refused
_FIELD = re.compile(r"option(?:\.([1-9][0-9]?))?")


@dataclass(frozen=True)
class OptionRow:
    """An option, or a zone of a picture, after the answer; ``feedback`` is for who chose it."""

    id: str
    letter: str
    text: str
    image: str
    mark: str
    feedback: str


@dataclass(frozen=True)
class AnswerView:
    """An item, or a part of a case, after the answer: what was given beside what is right."""

    prompt: Prompt
    rows: list[OptionRow]
    lines: tuple[Line, ...]
    is_correct: bool
    explanation: str
    parts: list[AnswerView]


@dataclass(frozen=True)
class VerdictView:
    """The panel under an answered item."""

    is_correct: bool
    percent: int
    is_rapid: bool
    is_late: bool
    key_letters: str
    key_text: str
    explanation: str
    source: str
    source_url: str | None
    next_url: str
    is_last: bool


@dataclass(frozen=True)
class TakePage:
    """One item of a set, before or after its answer."""

    attempt_id: str
    position: int
    total: int
    done: list[int]
    item_theme: str
    item_topic: str
    prompt: Prompt
    kept: tuple[str, ...]
    answer: AnswerView | None
    submission_uuid: str
    shown_token: str
    verdict: VerdictView | None
    is_review: bool
    note: str | None


@bp.post("/daily")
@allow(Permission.TAKE_PART)
def start() -> Any:
    """Start today's set, or go on with it."""
    return redirect(url_for("quizzes.take", attempt_id=service.start_daily(viewer())))


@bp.get("/<attempt_id>")
@allow(Permission.TAKE_PART)
def take(attempt_id: str) -> Any:
    """Show the first item without an answer; the result when there is none."""
    attempt = _attempt(attempt_id)
    position = attempt.next_position
    if position is None or attempt.state != "open":
        return redirect(url_for("home.result", attempt_id=attempt_id))
    return render_template("quizzes/take.html", page=_page(attempt, position))


@bp.get("/<attempt_id>/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def take_at(attempt_id: str, position: int) -> Any:
    """Show the item at a position: the question, or its verdict when it was answered."""
    attempt = _attempt(attempt_id)
    return render_template("quizzes/take.html", page=_page(attempt, position))


@bp.get("/<attempt_id>/review/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def review(attempt_id: str, position: int) -> Any:
    """Look back at an answered item, with its explanation."""
    attempt = _attempt(attempt_id)
    if position not in attempt.answered:
        return redirect(url_for("quizzes.take", attempt_id=attempt_id))
    return render_template("quizzes/take.html", page=_page(attempt, position, is_review=True))


@bp.post("/<attempt_id>/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def answer(attempt_id: str, position: int) -> Any:
    """Take a response; the same submission sent again gets the same verdict."""
    submission = service.Submission(
        position=position,
        options=_values(),
        uuid=request.form.get("submission_uuid", "")[:64],
        shown_token=request.form.get("shown_token", "")[:400],
    )
    try:
        answered = service.submit(viewer(), attempt_id, submission)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        if refusal.field != "option":
            raise
        return _again(attempt_id, submission, refusal)
    if http.is_fragment_request():
        page = _to_page(answered.attempt, position, answered.shown)
        return render_template("quizzes/_taken.html", page=page)
    address = url_for("quizzes.take_at", attempt_id=attempt_id, position=position)
    return redirect(f"{address}#verdict", 303)


def _values() -> tuple[str, ...]:
    """Return what the form holds for the item; the fields of a part of a case carry its number.

    Radio buttons of two parts need names of their own, or one choice would undo the other.
    """
    found: list[str] = []
    for name, value in request.form.items(multi=True):
        if field := _FIELD.fullmatch(name):
            part = f"{field[1]}/" if field[1] else ""
            found.append((part + value)[:_MAX_VALUE])
    return tuple(found[:MAX_VALUES])


def _again(attempt_id: str, submission: service.Submission, refusal: Refusal) -> Any:
    """Show the item once more with what was wrong; it was first shown when it was first shown."""
    position = submission.position
    page = replace(
        _page(_attempt(attempt_id), position, note=refusal.message),
        kept=submission.options,
        shown_token=shown_token(attempt_id, position, known=submission.shown_token),
    )
    name = "quizzes/_taken.html" if http.is_fragment_request() else "quizzes/take.html"
    return render_template(name, page=page), refusal.status


def _attempt(attempt_id: str) -> service.AttemptView:
    try:
        return service.get_attempt(viewer(), attempt_id)
    except LookupError:
        abort(404)


def _page(
    attempt: service.AttemptView, position: int, *, is_review: bool = False, note: str | None = None
) -> TakePage:
    try:
        shown = service.get_shown(attempt, position)
    except LookupError:
        abort(404)
    return _to_page(attempt, position, shown, is_review=is_review, note=note)


def _to_page(
    attempt: service.AttemptView,
    position: int,
    shown: service.Shown,
    *,
    is_review: bool = False,
    note: str | None = None,
) -> TakePage:
    verdict = shown.verdict
    return TakePage(
        attempt_id=attempt.public_id,
        position=position,
        total=attempt.length,
        done=attempt.answered,
        item_theme=shown.theme,
        item_topic=shown.topic,
        prompt=shown.prompt,
        kept=(),
        answer=_answer(shown.prompt, verdict.compared) if verdict else None,
        submission_uuid=str(uuid4()),
        shown_token="" if verdict else shown_token(attempt.public_id, position),
        verdict=_panel(attempt, position, verdict, is_review=is_review) if verdict else None,
        is_review=is_review,
        note=note,
    )


def _answer(prompt: Prompt, compared: Compared) -> AnswerView:
    shown: list[PromptOption | PromptZone] = [*prompt.options, *prompt.zones]
    return AnswerView(
        prompt=prompt,
        rows=[_row(each, compared) for each in shown],
        lines=compared.lines,
        is_correct=compared.is_correct,
        explanation=compared.explanation,
        parts=[_answer(*each) for each in zip(prompt.parts, compared.parts, strict=True)],
    )


def _row(shown: PromptOption | PromptZone, compared: Compared) -> OptionRow:
    mark = {
        (True, True): "mine_right",
        (True, False): "right",
        (False, True): "mine",
        (False, False): "rest",
    }[shown.id in compared.key, shown.id in compared.chosen]
    feedback = dict(compared.feedback).get(shown.id, "")
    if isinstance(shown, PromptZone):
        return OptionRow(shown.id, str(shown.number), shown.label, "", mark, feedback)
    return OptionRow(shown.id, shown.letter, shown.text, shown.image, mark, feedback)


def _panel(
    attempt: service.AttemptView, position: int, verdict: service.Verdict, *, is_review: bool
) -> VerdictView:
    following = position + 1 if is_review else attempt.next_position
    is_last = following is None or following > attempt.length
    if is_last:
        next_url = url_for("home.result", attempt_id=attempt.public_id)
    elif is_review:
        next_url = url_for("quizzes.review", attempt_id=attempt.public_id, position=following)
    else:
        next_url = url_for("quizzes.take_at", attempt_id=attempt.public_id, position=following)
    key_text = verdict.key_text
    if verdict.key and verdict.key <= {"true", "false"}:
        key_text = _("True") if "true" in verdict.key else _("False")
    return VerdictView(
        is_correct=verdict.is_correct,
        percent=round(100 * verdict.score),
        is_rapid=verdict.is_rapid,
        is_late=verdict.is_late,
        key_letters=verdict.key_letters,
        key_text=key_text,
        explanation=verdict.explanation,
        source=verdict.source,
        source_url=verdict.source_url,
        next_url=next_url,
        is_last=is_last,
    )
