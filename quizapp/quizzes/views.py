"""Pages of the quiz engine: one item a screen, the verdict in its place, looking back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank.items import PromptOption
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal

from . import service
from .service.answering import shown_token

bp = Blueprint("quizzes", __name__, url_prefix="/quizzes")


@dataclass(frozen=True)
class OptionRow:
    """An option as the page draws it; ``mark`` is None before the verdict."""

    id: str
    letter: str
    text: str
    is_chosen: bool
    mark: str | None


@dataclass(frozen=True)
class VerdictView:
    """The panel under an answered item."""

    is_correct: bool
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
    kind: str
    stem: str
    options: list[OptionRow]
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
        options=tuple(request.form.getlist("option")[:20]),
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


def _again(attempt_id: str, submission: service.Submission, refusal: Refusal) -> Any:
    """Show the item once more with what was wrong; it was first shown when it was first shown."""
    position = submission.position
    page = replace(
        _page(_attempt(attempt_id), position, note=refusal.message),
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
        kind=shown.prompt.kind,
        stem=shown.prompt.stem,
        options=[_row(option, verdict) for option in shown.prompt.options],
        submission_uuid=str(uuid4()),
        shown_token="" if verdict else shown_token(attempt.public_id, position),
        verdict=_panel(attempt, position, verdict, is_review=is_review) if verdict else None,
        is_review=is_review,
        note=note,
    )


def _row(option: PromptOption, verdict: service.Verdict | None) -> OptionRow:
    mark, is_chosen = None, False
    if verdict is not None:
        is_right, is_chosen = option.id in verdict.key, option.id in verdict.chosen
        mark = {
            (True, True): "mine_right",
            (True, False): "right",
            (False, True): "mine",
            (False, False): "rest",
        }[is_right, is_chosen]
    return OptionRow(option.id, option.letter, option.text, is_chosen, mark)


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
    if not key_text and verdict.key <= {"true", "false"}:
        key_text = _("True") if "true" in verdict.key else _("False")
    return VerdictView(
        is_correct=verdict.is_correct,
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
