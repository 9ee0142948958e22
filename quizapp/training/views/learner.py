"""Pages of a learner: the own courses and certificates, a course to read, rules, the exam."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, render_template, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from .. import service
from . import words
from .blueprint import bp

LEARN = Permission.TAKE_PART


@bp.get("")
@allow(LEARN)
def mine() -> Any:
    """Show the statutory courses that are for the viewer, and the viewer's certificates."""
    page = SimpleNamespace(
        courses=service.list_courses(viewer()),
        certificates=service.list_own(viewer()),
    )
    return render_template(
        "training/mine.html", page=page, kinds=words.kinds(), standings=words.standings()
    )


@bp.get("/courses/<course_id>")
@allow(LEARN)
def course(course_id: str) -> Any:
    """Show a course to read. Where somebody stopped reading is stored nowhere."""
    try:
        page = service.get_course(viewer(), course_id)
    except LookupError:
        abort(404)
    return render_template(
        "training/course.html", page=page, kinds=words.kinds(), standings=words.standings()
    )


@bp.get("/courses/<course_id>/exam")
@allow(LEARN)
def exam(course_id: str) -> Any:
    """Show the rules of an exam before it begins."""
    try:
        page = service.get_exam(viewer(), course_id)
    except LookupError:
        abort(404)
    return render_template("training/exam.html", page=page, note="")


@bp.post("/courses/<course_id>/exam")
@allow(LEARN)
def start_exam(course_id: str) -> Any:
    """Begin the exam, or go on with it."""
    try:
        attempt_id = service.start_exam(viewer(), course_id)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        page = service.get_exam(viewer(), course_id)
        return render_template("training/exam.html", page=page, note=refusal.message), 409
    return redirect(url_for("quizzes.take", attempt_id=attempt_id), 303)
