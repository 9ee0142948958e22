"""The import desk: upload, dry run, decisions, import."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank import formats
from question_bank.formats.problems import Problem
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal
from quizapp.core.security import takes_upload

from .. import wording
from ..forms.importing import UploadForm
from ..service import importing, topics
from .blueprint import bp

STATUSES = ("ready", "fixed", "duplicate", "decision", "refused", "skipped", "imported")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/imports")
@allow(Permission.WRITE_ITEMS)
def imports() -> Any:
    """Show the form for a file or pasted text, and the latest imports."""
    return _imports_page(_upload_form())


@bp.post("/imports")
@allow(Permission.WRITE_ITEMS)
@takes_upload(megabytes=51)
def upload() -> Any:
    """Take a file or pasted text in and go to its dry run."""
    form = _upload_form()
    if form.validate_on_submit():
        name, data = form.content()
        try:
            public_id = importing.receive(
                viewer(), name, data, topic_id=form.topic.data or None, format=form.format.data
            )
            return redirect(url_for("items.dry_run", import_id=public_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
        except LookupError:
            abort(404)
    return _imports_page(form), form.status


def _upload_form() -> UploadForm:
    form = UploadForm()
    lines = topics.list_topics(viewer().organisation_id, is_counted=False)
    form.offer(
        [(line.id, line.path) for line in lines],
        formats.FORMATS.values(),
        wording.format_names(),
    )
    return form


def _imports_page(form: UploadForm) -> str:
    return render_template(
        "items/imports.html",
        form=form,
        imports=importing.list_imports(viewer()),
        states=wording.import_states(),
    )


@bp.get("/imports/<import_id>")
@allow(Permission.WRITE_ITEMS)
def dry_run(import_id: str) -> Any:
    """Show what was found in a file, question by question, and one of them in full."""
    page = _view(import_id)
    if page.state in ("reading", "importing"):
        return render_template("items/import_progress.html", page=page)
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    rows, more = importing.list_rows(
        viewer(), import_id, status=status, after=http.whole_number(request.args.get("after"), 0)
    )
    row = http.whole_number(request.args.get("row"), 0) or importing.find_open_position(
        viewer(), import_id
    )
    try:
        panel = importing.view_row(viewer(), import_id, row) if row else None
    except LookupError:
        abort(404)
    return render_template(
        "items/import.html",
        page=page,
        rows=rows,
        more=more,
        status=status,
        panel=panel,
        fields=importing.fields_of(panel.draft) if panel else None,
        is_correctable=panel is not None and importing.is_correctable(panel.draft),
        word=_reason,
        word_problem=wording.word,
        kinds=wording.kind_names(),
        format_names=wording.format_names(),
        statuses=wording.row_statuses(),
        states=wording.import_states(),
    )


def _view(import_id: str) -> importing.ImportView:
    try:
        return importing.view_import(viewer(), import_id)
    except LookupError:
        abort(404)


def _reason(problem: Problem) -> str:
    """Return a problem without its place, which has a column of its own."""
    return wording.sentence(problem)


@bp.get("/imports/<import_id>/progress")
@allow(Permission.WRITE_ITEMS)
def progress(import_id: str) -> Any:
    """Tell a waiting page how far an import is."""
    page = _view(import_id)
    return jsonify(state=page.state, done=page.done, total=page.total)


@bp.post("/imports/<import_id>/rows/<int(max=99999):position>")
@allow(Permission.WRITE_ITEMS)
def decide(import_id: str, position: int) -> Any:
    """Settle, correct or take back one question of a dry run; go on to the next open one."""
    act = request.form.get("act", "choose")
    if act == "correct":
        return _correct(import_id, position)
    try:
        if act == "take_back":
            importing.take_back(viewer(), import_id, position)
            return redirect(_address(import_id, position), 303)
        number = importing.decide(
            viewer(),
            import_id,
            position,
            request.form.get("choice", ""),
            is_for_like=bool(request.form.get("for_like")),
        )
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(_address(import_id, position), 303)
    if number > 1:
        flash(_("%(number)s questions were settled in the same way.", number=number), "ok")
    panel = importing.view_row(viewer(), import_id, position)
    following = importing.find_next_decision(viewer(), import_id) if number else None
    return redirect(_address(import_id, following or panel.next_position or position), 303)


def _correct(import_id: str, position: int) -> Any:
    """Keep a corrected question; say what still keeps it from being imported."""
    given = importing.Fields(
        **{
            name: request.form.get(name, "")[:20_000].replace("\r\n", "\n")
            for name in ("kind", "stem", "options", "answer", "explanation")
        }
    )
    try:
        panel = importing.view_row(viewer(), import_id, position)
        left = importing.correct(
            viewer(), import_id, position, importing.corrected(panel.draft, given)
        )
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
        left = ()
    if left:
        flash(_("Saved. One thing is still open: %(reason)s", reason=_reason(left[0])), "error")
    return redirect(_address(import_id, position), 303)


def _address(import_id: str, position: int) -> str:
    """Return the page of a row, with the filter the person came from."""
    status = request.form.get("status", "")
    return url_for(
        "items.dry_run",
        import_id=import_id,
        row=position,
        after=request.form.get("after") or None,
        status=status if status in STATUSES else None,
    )


@bp.post("/imports/<import_id>/<any(confirm, cancel, undo):act>")
@allow(Permission.WRITE_ITEMS)
def move_import(import_id: str, act: str) -> Any:
    """Import what is ready, stop an import, or take a finished one back as a whole."""
    try:
        if act == "confirm":
            importing.confirm(viewer(), import_id)
        elif act == "cancel":
            importing.cancel(viewer(), import_id)
            flash(_("The import was stopped. Nothing of it is in the bank."), "ok")
        else:
            gone, kept = importing.undo(viewer(), import_id)
            flash(_undone(gone, kept), "ok")
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("items.dry_run", import_id=import_id), 303)


def _undone(gone: int, kept: int) -> str:
    if not kept:
        return str(_("%(gone)s questions were put in the bin.", gone=gone))
    return str(
        _(
            "%(gone)s questions were put in the bin; %(kept)s stay, since somebody has worked on "
            "them.",
            gone=gone,
            kept=kept,
        )
    )


@bp.get("/imports/<import_id>/left.xlsx")
@allow(Permission.WRITE_ITEMS)
def leftovers(import_id: str) -> Any:
    """Download the questions that were not imported, each with its reason."""
    try:
        data = importing.write_leftovers(viewer(), import_id, _reason, wording.kind_names())
    except LookupError:
        abort(404)
    name = _("Not imported") + ".xlsx"
    return http.attachment(data, XLSX, name)
