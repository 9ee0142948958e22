"""The desk of shift calendars: patterns, who works by them, and the table of both."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.accounts.service import duty
from quizapp.core import http, i18n
from quizapp.core.forms import Refusal
from quizapp.core.security import takes_upload
from quizapp.org import rules as org_rules
from quizapp.org import service as org

from .. import service
from ..forms import AssignShiftsForm, PatternForm, TableForm
from .absences import MEGABYTES, XLSX, receive
from .blueprint import bp

MANAGE = Permission.MANAGE_PEOPLE
DAYS_SHOWN = 14


def _assign_form(**options: Any) -> AssignShiftsForm:
    """Return the form that assigns a pattern, with the choices of the viewer's scope."""
    organisation_id = viewer().organisation_id
    today = org.today(organisation_id)
    patterns = [
        SelectChoice(line.code, f"{line.code} {line.name}")
        for line in org.list_patterns(organisation_id, today)
    ]
    units = service.unit_choices(viewer(), MANAGE)
    return AssignShiftsForm(patterns, units, since=today, **options)


def _page(
    assign: AssignShiftsForm | None = None,
    pattern: PatternForm | None = None,
    table: TableForm | None = None,
) -> Any:
    """Show the patterns with their next days, and the forms."""
    today = org.today(viewer().organisation_id)
    locale = i18n.chosen_locale()
    forms = (
        assign or _assign_form(formdata=None),
        pattern or PatternForm(formdata=None, anchor_on=today),
        table or TableForm(formdata=None),
    )
    lines = org.list_patterns(viewer().organisation_id, today)
    page = render_template(
        "admin/shifts.html",
        assign=forms[0],
        pattern=forms[1],
        table=forms[2],
        lines=lines,
        days={
            line.code: org.next_days(line.cycle, line.anchor_on, today, DAYS_SHOWN)
            for line in lines
        },
        words={letter: duty.word_for(letter, locale) for letter in org_rules.SHIFTS},
        long_rests={line.code: bool(org_rules.long_rests(line.cycle)) for line in lines},
        may_write=viewer().covers(MANAGE, org.root_path(viewer().organisation_id)),
        megabytes=MEGABYTES,
        most=duty.MAX_ROWS,
    )
    return page, max(form.status for form in forms)


@bp.get("/shifts")
@allow(MANAGE)
def shifts() -> Any:
    """Show the shift patterns of the organisation."""
    return _page()


@bp.post("/shifts")
@allow(MANAGE)
def write_pattern() -> Any:
    """Write a pattern under its code."""
    form = PatternForm()
    if form.validate_on_submit() and form.anchor_on.data:
        cycle = duty.read_cycle(form.cycle.data or "")
        try:
            if cycle is None:
                raise Refusal(
                    _("Write the shifts one by one, or with their number of days."), field="cycle"
                )
            duty.write_pattern(
                viewer(),
                code=form.code.data or "",
                name=form.name.data or "",
                cycle=cycle,
                anchor_on=form.anchor_on.data,
            )
            flash(_("Saved."))
            return redirect(url_for("admin.shifts"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(pattern=form)


@bp.post("/shifts/assign")
@allow(MANAGE)
def assign_shifts() -> Any:
    """Let a unit work by a pattern."""
    form = _assign_form()
    if form.validate_on_submit() and form.since.data:
        try:
            service.assign_shifts(
                viewer(),
                pattern=form.pattern.data,
                unit=form.unit.data,
                since=form.since.data,
                offset_days=form.offset_days.data or 0,
            )
            flash(_("Saved."))
            return redirect(url_for("admin.shifts"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(assign=form)


@bp.post("/shifts/import")
@allow(MANAGE)
@takes_upload(megabytes=MEGABYTES + 1)
def upload_shifts() -> Any:
    """Take a table of shift calendars in and go to its dry run."""
    table = TableForm()
    found = receive(table, duty.SHIFTS)
    return found or _page(table=table)


@bp.get("/shifts/template.xlsx")
@allow(MANAGE)
def shifts_template() -> Any:
    """Download an empty table of shift calendars."""
    data = duty.write_duty_template(duty.SHIFTS, i18n.chosen_locale())
    return http.attachment(data, XLSX, f"{_('Shift calendars')}.xlsx")
