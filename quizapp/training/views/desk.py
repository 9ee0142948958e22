"""The trainer's desk: courses, a course with its counts, writing, publishing, new editions."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.items.service import sources, topics
from quizapp.org import service as org

from .. import rules, service
from ..forms import CourseForm, rows_in, sections_in
from ..service import ExamRow, SectionText, courses, desk
from . import words
from .blueprint import bp

KEEP = Permission.KEEP_TRAINING


@bp.get("/desk")
@allow(KEEP)
def courses_desk() -> Any:
    """Show the courses of the viewer's scope."""
    return render_template(
        "training/desk.html",
        courses=desk.list_desk(viewer()),
        kinds=words.kinds(),
        states=words.states(),
    )


@bp.route("/desk/new", methods=["GET", "POST"])
@allow(KEEP)
def new_course() -> Any:
    """Write the first draft of a course."""
    form = CourseForm(
        data={
            "hours": 8,
            "complete_by": org.today(viewer().organisation_id) + timedelta(days=60),
            "validity_months": 12,
            "window_days": rules.WINDOW_DAYS,
            "minutes": 30,
            "cut_percent": 80,
            "attempts": 3,
        }
    )
    if form.validate_on_submit():
        try:
            course_id = service.add_course(viewer(), form.text(request.form))
            return _saved(course_id)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, None, (), (), ())


def _saved(course_id: str) -> Any:
    """Go to the course, or back to its form when another section or theme is wanted."""
    if request.form.get("more"):
        return redirect(url_for("training.edit_course", course_id=course_id), 303)
    flash(_("Saved as a draft."))
    return redirect(url_for("training.sheet", course_id=course_id), 303)


def _form_page(
    form: CourseForm,
    course_id: str | None,
    sections: Any,
    rows: Any,
    unit_ids: Any,
) -> Any:
    """Show the form: with what was sent after an error, else with what is stored."""
    choices = desk.unit_choices(viewer())
    if form.is_submitted():
        sections, rows = sections_in(request.form), rows_in(request.form)
        chosen = set(request.form.getlist("units"))
    else:
        chosen = {unit.public_id for unit in choices if unit.id in unit_ids}
    organisation_id = viewer().organisation_id
    page = SimpleNamespace(
        course_id=course_id,
        sections=[*sections, SectionText("", "")][: rules.MAX_SECTIONS],
        rows=[*rows, ExamRow("")][: rules.MAX_EXAM_ROWS],
        units=[(unit, unit.public_id in chosen) for unit in choices],
        least_depth=min((unit.depth for unit in choices), default=0),
        themes=[
            line.name
            for line in topics.list_topics(organisation_id, is_counted=False)
            if line.depth == 0
        ],
        sources=sources.names_of_sources(organisation_id),
    )
    return render_template("training/edit.html", form=form, page=page), form.status


@bp.get("/desk/<course_id>")
@allow(KEEP)
def sheet(course_id: str) -> Any:
    """Show a course: what it asks, its editions, and how many people hold the certificate."""
    return _sheet_page(course_id)


def _sheet_page(course_id: str, note: str = "") -> Any:
    unit_id = request.args.get("unit", "")
    try:
        page = desk.get_sheet(viewer(), course_id, unit_id)
    except LookupError:
        abort(404)
    return render_template(
        "training/sheet.html",
        page=page,
        note=note,
        unit_id=unit_id,
        kinds=words.kinds(),
        states=words.states(),
    )


@bp.route("/desk/<course_id>/edit", methods=["GET", "POST"])
@allow(KEEP)
def edit_course(course_id: str) -> Any:
    """Change the draft of a course; what is published does not change."""
    try:
        draft = courses.get_draft(viewer(), course_id)
    except LookupError:
        abort(404)
    plan = draft.exam
    form = CourseForm(
        obj=draft,
        data={
            "minutes": plan.minutes,
            "cut_percent": plan.cut_percent,
            "attempts": plan.attempts,
        },
    )
    if form.validate_on_submit():
        try:
            service.save_draft(viewer(), course_id, form.text(request.form))
            return _saved(course_id)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, course_id, draft.sections, plan.rows, draft.unit_ids)


@bp.post("/desk/<course_id>/<any(publish, close, revise, discard):move>")
@allow(KEEP)
def move_course(course_id: str, move: str) -> Any:
    """Publish the draft, close the course, begin a new edition, or throw the draft away."""
    try:
        if move == "discard":
            is_there = service.discard(viewer(), course_id)
            flash(_("The draft is deleted."))
            if not is_there:
                return redirect(url_for("training.courses_desk"), 303)
        elif move == "publish":
            service.publish(viewer(), course_id)
            flash(_("Published. The course is on the list of everybody it is for."))
        elif move == "close":
            service.close(viewer(), course_id)
            flash(_("Closed. Certificates stay valid until their last day."))
        else:
            service.revise(viewer(), course_id)
            return redirect(url_for("training.edit_course", course_id=course_id), 303)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _sheet_page(course_id, refusal.message), refusal.status
    return redirect(url_for("training.sheet", course_id=course_id), 303)
