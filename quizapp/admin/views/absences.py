"""The desk of absences, secondments and arrivals, and the dry runs of their tables."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.accounts.service import duty
from quizapp.core import http, i18n
from quizapp.core.forms import Refusal
from quizapp.core.security import takes_upload

from .. import service
from ..forms import AbsenceForm, TableForm
from .blueprint import bp

MANAGE = Permission.MANAGE_PEOPLE
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTES = duty.MAX_BYTES // 1024 // 1024


def _page(form: AbsenceForm | None = None, table: TableForm | None = None) -> Any:
    """Show who is absent, the form for one person, and that for a table."""
    form = form or AbsenceForm(service.unit_choices_with_codes(viewer(), MANAGE), formdata=None)
    table = table or TableForm(formdata=None)
    status = 422 if form.status == 422 or table.status == 422 else 200
    return (
        render_template(
            "admin/absences.html",
            form=form,
            table=table,
            rows=duty.list_absences(viewer()),
            megabytes=MEGABYTES,
            most=duty.MAX_ROWS,
        ),
        status,
    )


@bp.get("/absences")
@allow(MANAGE)
def absences() -> Any:
    """Show who does not count today or from a later day on."""
    return _page()


@bp.post("/absences")
@allow(MANAGE)
def record_absence() -> Any:
    """Record an absence, a secondment or an arrival of one person."""
    form = AbsenceForm(service.unit_choices_with_codes(viewer(), MANAGE))
    if form.validate_on_submit():
        cells = {
            "number": form.number.data or "",
            "kind": form.kind.data,
            "since": str(form.since.data),
            "until": str(form.until.data or ""),
            "unit_code": form.unit.data or "",
        }
        try:
            flash(duty.record_duty(viewer(), duty.ABSENCES, cells))
            return redirect(url_for("admin.absences"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form)


@bp.post("/absences/remove")
@allow(MANAGE)
def remove_absence() -> Any:
    """Take a wrong absence back."""
    try:
        duty.remove_absence(viewer(), http.whole_number(request.form.get("absence"), 0))
    except LookupError:
        abort(404)
    flash(_("Taken back. These days count again."))
    return redirect(url_for("admin.absences"), 303)


@bp.post("/absences/import")
@allow(MANAGE)
@takes_upload(megabytes=MEGABYTES + 1)
def upload_absences() -> Any:
    """Take a table of absences in and go to its dry run."""
    table = TableForm()
    found = receive(table, duty.ABSENCES)
    return found or _page(table=table)


def receive(table: TableForm, kind: str) -> Any:
    """Take a table in; return the way to its dry run, or None with the reason in the form."""
    if not table.validate_on_submit():
        return None
    try:
        name, data = table.file.data.filename or "", table.file.data.read()
        duty_id = duty.receive_duty(viewer(), kind, name, data)
    except Refusal as refusal:
        table.refuse(Refusal(refusal.message, field="file"))
        return None
    return redirect(url_for("admin.duty_table", duty_id=duty_id), 303)


@bp.get("/absences/template.xlsx")
@allow(MANAGE)
def absences_template() -> Any:
    """Download an empty table of absences."""
    data = duty.write_duty_template(duty.ABSENCES, i18n.chosen_locale())
    return http.attachment(data, XLSX, f"{_('Absences and arrivals')}.xlsx")


@bp.get("/duty/<duty_id>")
@allow(MANAGE)
def duty_table(duty_id: str) -> Any:
    """Show what a table would change, line by line."""
    page = _view(duty_id)
    return render_template(
        "admin/duty.html",
        page=page,
        title=duty.kind_words(page.kind),
        problem=duty.problem_words(page.problems),
        back_url=url_for("admin.shifts" if page.kind == duty.SHIFTS else "admin.absences"),
    )


@bp.get("/duty/<duty_id>/problems.xlsx")
@allow(MANAGE)
def duty_problems(duty_id: str) -> Any:
    """Download the lines of a table that have a problem, with the reasons."""
    try:
        data = duty.write_duty_problems(viewer(), duty_id)
    except LookupError:
        abort(404)
    return http.attachment(data, XLSX, f"{_('Lines with a problem')}.xlsx")


@bp.post("/duty/<duty_id>/<any(apply, cancel):step>")
@allow(MANAGE)
def move_duty(duty_id: str, step: str) -> Any:
    """Apply a table, or put it away."""
    try:
        if step == "apply":
            duty.apply_duty(viewer(), duty_id)
        else:
            duty.cancel_duty(viewer(), duty_id)
    except LookupError:
        abort(404)
    return redirect(url_for("admin.duty_table", duty_id=duty_id), 303)


def _view(duty_id: str) -> duty.DutyView:
    try:
        return duty.view_duty(viewer(), duty_id)
    except LookupError:
        abort(404)
