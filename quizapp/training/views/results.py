"""Exams on paper: the sheet to print with its key, and entering what came of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.core.security import takes_upload

from .. import service
from ..forms import ResultFileForm, ResultForm
from ..service import Entry, desk, files, papers
from .blueprint import bp

KEEP = Permission.KEEP_TRAINING


@bp.get("/desk/<course_id>/results")
@allow(KEEP)
def results(course_id: str) -> Any:
    """Show the paper forms of a course, and the forms to enter results."""
    return _results_page(course_id, ResultForm(formdata=None), ResultFileForm(formdata=None))


def _results_page(course_id: str, one: ResultForm, many: ResultFileForm) -> Any:
    try:
        page = desk.get_sheet(viewer(), course_id)
    except LookupError:
        abort(404)
    status = max(one.status, many.status)
    return (
        render_template(
            "training/results.html", page=page, one=one, many=many, most=files.MAX_ROWS
        ),
        status,
    )


@bp.post("/desk/<course_id>/results")
@allow(KEEP)
def enter_result(course_id: str) -> Any:
    """Enter one result from paper."""
    form = ResultForm()
    if form.validate_on_submit():
        entry = Entry(form.number.data or "", form.held_on.data, form.result.data == "passed")
        try:
            entered = service.enter(viewer(), course_id, [entry])
            flash(_("Entered.") if entered else _("This result was entered before."))
            return redirect(url_for("training.results", course_id=course_id), 303)
        except LookupError:
            abort(404)
        except Refusal as refusal:
            form.refuse(refusal)
    return _results_page(course_id, form, ResultFileForm(formdata=None))


@bp.post("/desk/<course_id>/results/file")
@allow(KEEP)
@takes_upload(megabytes=files.MAX_MEGABYTES)
def upload_results(course_id: str) -> Any:
    """Take a file of results in and go to its dry run."""
    form = ResultFileForm()
    if form.validate_on_submit():
        try:
            file_id = service.receive(
                viewer(), course_id, form.file.data.filename or "", form.file.data.read()
            )
            return redirect(url_for("training.result_file", result_file_id=file_id), 303)
        except LookupError:
            abort(404)
        except Refusal as refusal:
            form.refuse(Refusal(refusal.message, status=refusal.status, field="file"))
    return _results_page(course_id, ResultForm(formdata=None), form)


@bp.get("/desk/results/<result_file_id>")
@allow(KEEP)
def result_file(result_file_id: str) -> Any:
    """Show what would become of each row of a file."""
    return _file_page(result_file_id)


def _file_page(result_file_id: str, note: str = "") -> Any:
    try:
        page = service.view_file(viewer(), result_file_id)
    except LookupError:
        abort(404)
    return render_template("training/result_file.html", page=page, note=note)


@bp.post("/desk/results/<result_file_id>/<any(apply, cancel):decision>")
@allow(KEEP)
def decide_file(result_file_id: str, decision: str) -> Any:
    """Enter the rows of a file that are right, or put it away."""
    try:
        course_id = service.view_file(viewer(), result_file_id).course_id
        if decision == "apply":
            number = service.apply_file(viewer(), result_file_id)
            flash(ngettext("%(num)d result entered.", "%(num)d results entered.", number))
        else:
            service.cancel(viewer(), result_file_id)
            flash(_("Put away. Nothing of it was entered."))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _file_page(result_file_id, refusal.message), refusal.status
    return redirect(url_for("training.results", course_id=course_id), 303)


@bp.post("/desk/<course_id>/papers")
@allow(KEEP)
def make_paper(course_id: str) -> Any:
    """Draw another paper form and show it."""
    try:
        number = papers.make(viewer(), course_id)
    except LookupError:
        abort(404)
    return redirect(url_for("training.paper", course_id=course_id, paper_number=number), 303)


@bp.get("/desk/<course_id>/papers/<int(max=999):paper_number>")
@allow(KEEP)
def paper(course_id: str, paper_number: int) -> Any:
    """Show a paper form to print: the questions with an answer sheet, or its key."""
    try:
        edition, lines = papers.get(viewer(), course_id, paper_number)
    except LookupError:
        abort(404)
    page = SimpleNamespace(
        edition=edition, lines=lines, number=paper_number, has_key=request.args.get("key") == "1"
    )
    return render_template("training/paper.html", page=page)
