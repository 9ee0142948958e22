"""Pages of marking: the queue, the workbench, appeals; and what learners are told of it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from ..service.marking import appealing, appeals, bench, queue, saving, told
from ..service.marking.marks import Given
from ..service.marking.rules import MAX_WORDS, SETTLES_AFTER, Points
from .blueprint import bp

MARK = Permission.MARK_RESPONSES
_FIELD = re.compile(r"points\.([1-9][0-9]?)\.([1-9][0-9]?)")
_LONGEST = MAX_WORDS + 2000  # a little more than any text may have, so that it can be refused


@dataclass
class BenchPage:
    """A script on the workbench, how the queue stands, and what was typed before a refusal.

    ``typed`` holds points by the names of their fields.
    """

    sheet: bench.Sheet
    line: queue.QueueLine
    typed: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    note: str = ""
    refusal: str | None = None


@dataclass
class AppealPage:
    """An appeal with the form that answers it; ``typed`` as on the workbench."""

    sheet: appeals.AppealSheet
    typed: dict[str, str]
    answer: str = ""
    refusal: str | None = None


@bp.get("/marking")
@allow(MARK)
def marking() -> Any:
    """Show the quizzes with texts to mark, and the appeals that wait."""
    return render_template(
        "quizzes/marking.html",
        lines=queue.list_queue(viewer()),
        appeals=appeals.list_appeals(viewer()),
        minutes=SETTLES_AFTER.seconds // 60,
    )


@bp.post("/marking/<exam_id>/next")
@allow(MARK)
def mark_next(exam_id: str) -> Any:
    """Open the next text of a quiz for the marker."""
    return _go_on(exam_id)


def _go_on(exam_id: str) -> Any:
    try:
        script_id = queue.claim_next(viewer(), exam_id)
    except LookupError:
        abort(404)
    if script_id is None:
        flash(_("Nothing waits for you in this quiz at the moment."))
        return redirect(url_for("quizzes.marking"), 303)
    return redirect(url_for("quizzes.mark", exam_id=exam_id, script_id=script_id), 303)


@bp.get("/marking/<exam_id>/<script_id>")
@allow(MARK)
def mark(exam_id: str, script_id: str) -> Any:
    """Show a text that the marker has open."""
    try:
        sheet = bench.get_sheet(viewer(), exam_id, script_id)
        page = BenchPage(sheet, queue.get_line(viewer(), exam_id))
    except LookupError:
        abort(404)
    if sheet.draft:
        page.typed = _as_fields(sheet.draft.points)
        page.comment, page.note = sheet.draft.comment, sheet.draft.note
    return _show_bench(page)


def _show_bench(page: BenchPage) -> Any:
    minutes = SETTLES_AFTER.seconds // 60
    return render_template(
        "quizzes/marking_bench.html", page=page, words=MAX_WORDS, minutes=minutes
    )


@bp.post("/marking/<exam_id>/<script_id>")
@allow(MARK)
def save_mark(exam_id: str, script_id: str) -> Any:
    """Keep a mark and open the next text; show the text again when it is refused."""
    given = Given(_points(), _text("comment"), _text("note"))
    try:
        saving.save_mark(viewer(), exam_id, script_id, given)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        page = BenchPage(
            bench.get_any_sheet(viewer(), exam_id, script_id),
            queue.get_line(viewer(), exam_id),
            _typed(),
            given.comment,
            given.note,
            refusal.message,
        )
        return _show_bench(page), refusal.status
    return _go_on(exam_id)


@bp.post("/marking/<exam_id>/undo")
@allow(MARK)
def undo_mark(exam_id: str) -> Any:
    """Take the last mark back and open its text again, with what was given."""
    try:
        script_id = saving.undo_mark(viewer(), exam_id)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("quizzes.marking"), 303)
    return redirect(url_for("quizzes.mark", exam_id=exam_id, script_id=script_id), 303)


@bp.get("/marking/appeals/<appeal_id>")
@allow(MARK)
def show_appeal(appeal_id: str) -> Any:
    """Show an appeal beside what it is about."""
    sheet = _appeal(appeal_id)
    points = sheet.points or ((round(sheet.percent, 1),),)
    return _show_appeal(AppealPage(sheet, _as_fields(points)))


def _show_appeal(page: AppealPage) -> Any:
    return render_template("quizzes/marking_appeal.html", page=page, words=MAX_WORDS)


@bp.post("/marking/appeals/<appeal_id>")
@allow(MARK)
def answer_appeal(appeal_id: str) -> Any:
    """Uphold an appeal with new points, or decline it; either way with an answer."""
    answer = _text("answer")
    try:
        if request.form.get("decision") == "uphold":
            appealing.uphold(viewer(), appeal_id, _new_points(_appeal(appeal_id)), answer)
            flash(_("Upheld. The score is corrected, and your answer is sent."))
        else:
            appealing.decline(viewer(), appeal_id, answer)
            flash(_("The score stays. Your answer is sent."))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        page = AppealPage(_appeal(appeal_id), _typed(), answer, refusal.message)
        return _show_appeal(page), refusal.status
    return redirect(url_for("quizzes.marking"), 303)


def _appeal(appeal_id: str) -> appeals.AppealSheet:
    try:
        return appeals.get_appeal(viewer(), appeal_id)
    except LookupError:
        abort(404)


def _new_points(sheet: appeals.AppealSheet) -> Points:
    """Return the points of the form; what has no criteria is given per cent."""
    points = _points()
    if sheet.texts:
        return points
    return tuple(tuple(each / 100 for each in text) for text in points)


def _points() -> Points:
    """Return what the form holds, by text and criterion; what is no number, as no number."""
    found: dict[int, dict[int, float]] = {}
    for name, value in _typed().items():
        text, criterion = map(int, name.split(".")[1:])
        found.setdefault(text, {})[criterion] = _number(value)
    return tuple(
        tuple(value for _place, value in sorted(criteria.items()))
        for _text, criteria in sorted(found.items())
    )


def _typed() -> dict[str, str]:
    return {
        name: value.strip()[:20] for name, value in request.form.items() if _FIELD.fullmatch(name)
    }


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _text(name: str) -> str:
    """Return a text of the form; its lines end as they do in Python, not as on the network."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()[:_LONGEST]


def _as_fields(points: Points) -> dict[str, str]:
    return {
        f"points.{text}.{criterion}": f"{value:g}"
        for text, criteria in enumerate(points, 1)
        for criterion, value in enumerate(criteria, 1)
    }


@bp.get("/<attempt_id>/marks")
@allow(Permission.TAKE_PART)
def marks(attempt_id: str) -> Any:
    """Show the scores of one's own attempt, with points by criterion and comments."""
    return render_template("quizzes/marking_result.html", page=_marked(attempt_id))


@bp.get("/<attempt_id>/appeal/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def ask_appeal(attempt_id: str, position: int) -> Any:
    """Show the form that asks for another look at a score."""
    return _show_form(attempt_id, position)


@bp.post("/<attempt_id>/appeal/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def send_appeal(attempt_id: str, position: int) -> Any:
    """Ask for another look at a score."""
    reason = _text("reason")
    try:
        appealing.appeal(viewer(), attempt_id, position, reason)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _show_form(attempt_id, position, reason, refusal)
    flash(_("Your appeal is handed in. Somebody who has not marked this answer looks at it."))
    return redirect(url_for("quizzes.marks", attempt_id=attempt_id), 303)


def _show_form(
    attempt_id: str, position: int, reason: str = "", refusal: Refusal | None = None
) -> Any:
    page = _marked(attempt_id)
    line = next((each for each in page.lines if each.position == position), None)
    if line is None:
        abort(404)
    shown = render_template(
        "quizzes/marking_ask.html",
        page=page,
        line=line,
        reason=reason,
        words=MAX_WORDS,
        refusal=refusal.message if refusal else None,
    )
    return shown, refusal.status if refusal else 200


def _marked(attempt_id: str) -> told.MarkedAttempt:
    try:
        return told.get_marked(viewer(), attempt_id)
    except LookupError:
        abort(404)
