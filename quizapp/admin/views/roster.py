"""The roster desk: upload a file, look at its dry run line by line, apply it or put it away."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.accounts.service.roster import MAX_BYTES, desk
from quizapp.accounts.service.roster.desk.viewing import FILTERS
from quizapp.core import http, i18n
from quizapp.core.forms import Refusal
from quizapp.core.security import takes_upload

from ..forms import RosterForm
from .blueprint import bp

MANAGE = Permission.MANAGE_PEOPLE
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTE = 1024 * 1024


@bp.get("/people/import")
@allow(MANAGE)
def rosters() -> Any:
    """Show the form for a file or a pasted table, and the viewer's latest files."""
    return _rosters_page(RosterForm())


@bp.post("/people/import")
@allow(MANAGE)
@takes_upload(megabytes=MAX_BYTES // MEGABYTE + 1)
def upload_roster() -> Any:
    """Take a file or a pasted table in and go to its dry run."""
    form = RosterForm()
    if form.validate_on_submit():
        name, data = form.content()
        try:
            file_id = desk.receive(viewer(), name, data)
            return redirect(url_for("admin.roster", file_id=file_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _rosters_page(form), form.status


def _rosters_page(form: RosterForm) -> str:
    return render_template(
        "admin/rosters.html",
        form=form,
        files=desk.list_files(viewer()),
        states=_states(),
        megabytes=MAX_BYTES // MEGABYTE,
    )


def _states() -> dict[str, str]:
    return {
        "checking": _("being checked"),
        "ready": _("Dry run"),
        "applying": _("being imported"),
        "applied": _("imported"),
        "cancelled": _("put away"),
    }


def _results() -> dict[str, str]:
    """Return the words for what becomes of a line, in the order in which they are counted."""
    return {
        "new": _("New"),
        "moved": _("Moves"),
        "changed": _("Changes"),
        "reactivated": _("Opened again"),
        "deactivated": _("Closed by the file"),
        "unchanged": _("Unchanged"),
        "skipped": _("Passed over"),
        "problem": _("Problem"),
    }


@bp.get("/people/import/template.xlsx")
@allow(MANAGE)
def roster_template() -> Any:
    """Download an empty roster with the columns in the viewer's language."""
    data = desk.write_template(i18n.chosen_locale())
    return _workbook(data, _("Roster"))


def _workbook(data: bytes, name: str) -> Any:
    return http.attachment(data, XLSX, f"{name}.xlsx")


@bp.get("/people/import/<file_id>")
@allow(MANAGE)
def roster(file_id: str) -> Any:
    """Show what a file would change, line by line, and one line in full."""
    page = _view(file_id)
    if page.state in ("checking", "applying"):
        return render_template("admin/roster_progress.html", page=page)
    kind = request.args.get("result", "")
    kind = kind if kind in FILTERS else ""
    after = http.whole_number(request.args.get("after"), 0)
    rows, more = desk.list_rows(viewer(), file_id, kind=kind, after=after)
    position = http.whole_number(request.args.get("line"), 0)
    if not position and rows:
        position = next((row.position for row in rows if row.result == "problem"), rows[0].position)
    try:
        panel = desk.view_row(viewer(), file_id, position) if position else None
    except LookupError:
        abort(404)
    return render_template(
        "admin/roster.html",
        page=page,
        rows=rows,
        more=more,
        kind=kind,
        after=after,
        panel=panel,
        states=_states(),
        results=_results(),
    )


def _view(file_id: str) -> desk.FileView:
    try:
        return desk.view_file(viewer(), file_id)
    except LookupError:
        abort(404)


@bp.get("/people/import/<file_id>/progress")
@allow(MANAGE)
def roster_progress(file_id: str) -> Any:
    """Tell a waiting page how far a file is."""
    page = _view(file_id)
    return jsonify(state=page.state, done=page.done, total=page.to_write)


@bp.get("/people/import/<file_id>/problems.xlsx")
@allow(MANAGE)
def roster_problems(file_id: str) -> Any:
    """Download the lines with a problem, each with its reasons, to mend and upload again."""
    try:
        data = desk.write_problems(viewer(), file_id)
    except LookupError:
        abort(404)
    return _workbook(data, _("Roster, lines with a problem"))


@bp.post("/people/import/<file_id>/<any(apply, check, cancel):step>")
@allow(MANAGE)
def move_roster(file_id: str, step: str) -> Any:
    """Apply a file, check it once more, or put it away."""
    try:
        if step == "apply":
            desk.apply_file(viewer(), file_id)
        elif step == "check":
            desk.check_again(viewer(), file_id)
        else:
            desk.cancel(viewer(), file_id)
            flash(_("Put away. Nothing of it was imported."))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("admin.roster", file_id=file_id), 303)
