"""Taking a quiz: one item a screen, the verdict in its place, handing in, looking back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from question_bank.text import MAX_TEXT
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal

from .. import service
from .blueprint import bp
from .showing import TakePage, next_address, take_page

MAX_VALUES = 400
MAX_VALUE = MAX_TEXT + 100  # a little more than any answer may have, so that it can be refused
_FIELD = re.compile(r"option(?:\.([1-9][0-9]?))?")


@bp.post("/daily")
@allow(Permission.TAKE_PART)
def start() -> Any:
    """Start today's set, or go on with it."""
    return _go(service.start_daily(viewer()))


@bp.post("/challenge")
@allow(Permission.TAKE_PART)
def start_challenge() -> Any:
    """Start a challenge, or go on with it."""
    return _go(service.start_challenge(viewer()))


@bp.post("/practice")
@allow(Permission.TAKE_PART)
def start_practice() -> Any:
    """Start another five questions without points, or go on with them."""
    return _go(service.start_practice(viewer()))


@bp.post("/mistakes")
@allow(Permission.TAKE_PART)
def start_mistakes() -> Any:
    """Start reviewing what was wrong and is due, or go on with it."""
    return _go(service.start_mistakes(viewer()))


def _go(attempt_id: str) -> Any:
    return redirect(url_for("quizzes.take", attempt_id=attempt_id))


@bp.get("/<attempt_id>")
@allow(Permission.TAKE_PART)
def take(attempt_id: str) -> Any:
    """Show the first item without an answer; the result when the attempt is final."""
    attempt = own_attempt(attempt_id)
    if attempt.is_final:
        return redirect(url_for("home.result", attempt_id=attempt_id))
    position = attempt.next_position
    if position is None:
        return redirect(url_for("quizzes.check", attempt_id=attempt_id))
    return render_template("quizzes/take.html", page=_page(attempt, position))


@bp.get("/<attempt_id>/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def take_at(attempt_id: str, position: int) -> Any:
    """Show the item at a position: the question, or its verdict when it was answered."""
    attempt = own_attempt(attempt_id)
    return render_template("quizzes/take.html", page=_page(attempt, position))


@bp.get("/<attempt_id>/review/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def review(attempt_id: str, position: int) -> Any:
    """Look back at an answered item, with as much as is told of it by now."""
    attempt = own_attempt(attempt_id)
    if position not in attempt.answered:
        return redirect(url_for("quizzes.take", attempt_id=attempt_id))
    return render_template("quizzes/take.html", page=_page(attempt, position, is_review=True))


@bp.get("/<attempt_id>/check")
@allow(Permission.TAKE_PART)
def check(attempt_id: str) -> Any:
    """Show what is answered, marked and left out, before it is handed in."""
    try:
        page = service.get_overview(viewer(), attempt_id)
    except LookupError:
        abort(404)
    if page.attempt.is_final:
        return redirect(url_for("home.result", attempt_id=attempt_id))
    return render_template("quizzes/check.html", page=page)


@bp.post("/<attempt_id>/hand-in")
@allow(Permission.TAKE_PART)
def hand_in(attempt_id: str) -> Any:
    """Make the attempt final as it stands, and show its result."""
    try:
        attempt = service.hand_in(viewer(), attempt_id)
    except LookupError:
        abort(404)
    if not attempt.is_final:
        return redirect(url_for("quizzes.take", attempt_id=attempt_id), 303)
    return redirect(url_for("home.result", attempt_id=attempt_id), 303)


@bp.post("/<attempt_id>/<int(max=999):position>/flag")
@allow(Permission.TAKE_PART)
def flag(attempt_id: str, position: int) -> Any:
    """Mark a question to come back to, or take the mark away."""
    try:
        service.set_flag(viewer(), attempt_id, position, is_set=request.form.get("set", "1") == "1")
    except LookupError:
        abort(404)
    if http.is_fragment_request():
        return "", 204
    return redirect(url_for("quizzes.take_at", attempt_id=attempt_id, position=position), 303)


@bp.post("/<attempt_id>/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def answer(attempt_id: str, position: int) -> Any:
    """Take a response; the same submission sent again gets the same verdict."""
    submission = service.Submission(
        position=position,
        options=_values(),
        uuid=request.form.get("submission_uuid", "")[:64],
        ticket=request.form.get("ticket", "")[:400],
        is_confident={"yes": True, "no": False}.get(request.form.get("confident", "")),
    )
    try:
        answered = service.answer(viewer(), attempt_id, submission)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        if refusal.field != "option":
            raise
        return _again(attempt_id, submission, refusal)
    if http.is_fragment_request():
        page = take_page(viewer(), answered.attempt, answered.shown)
        return render_template("quizzes/_taken.html", page=page)
    if answered.shown.verdict is None:
        return redirect(next_address(answered.attempt, position), 303)
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
            found.append((part + value)[:MAX_VALUE])
    return tuple(found[:MAX_VALUES])


def _again(attempt_id: str, submission: service.Submission, refusal: Refusal) -> Any:
    """Show the item once more with what was wrong; it was first shown when it was first shown."""
    page = replace(
        _page(
            own_attempt(attempt_id),
            submission.position,
            note=refusal.message,
            ticket=submission.ticket,
        ),
        kept=submission.options,
    )
    name = "quizzes/_taken.html" if http.is_fragment_request() else "quizzes/take.html"
    return render_template(name, page=page), refusal.status


def own_attempt(attempt_id: str) -> service.AttemptView:
    """Return the viewer's own attempt, or stop with 404."""
    try:
        return service.get_attempt(viewer(), attempt_id)
    except LookupError:
        abort(404)


def _page(
    attempt: service.AttemptView,
    position: int,
    *,
    is_review: bool = False,
    note: str | None = None,
    ticket: str = "",
) -> TakePage:
    try:
        shown = service.get_shown(attempt, position)
    except LookupError:
        abort(404)
    return take_page(viewer(), attempt, shown, is_review=is_review, note=note, ticket=ticket)
