"""Pages of an export: choose a format, wait, download."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank.formats import FORMATS, sheets
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal
from quizapp.core.i18n import chosen_locale

from .. import wording
from ..service import exporting, finding
from .blueprint import bp


@bp.post("/export")
@allow(Permission.WRITE_ITEMS)
def export() -> Any:
    """Ask for the format of a selection, or have it written once the format is chosen."""
    names = request.form.getlist("item")
    format = request.form.get("format", "")
    note = ""
    if format:
        try:
            chosen = [item.id for item in finding.find_items(viewer(), names)]
            export_id = exporting.start(
                viewer(), chosen, format, has_key=request.form.get("key") != "without"
            )
            return redirect(url_for("items.export_file", export_id=export_id), 303)
        except Refusal as refusal:
            note = refusal.message
    page = render_template(
        "items/export.html",
        names=names,
        formats=[one for one in FORMATS.values() if one.write],
        kinds=wording.kind_names(),
        format_names=wording.format_names(),
        note=note,
    )
    return page, 422 if note else 200


@bp.get("/imports/template.xlsx")
@allow(Permission.WRITE_ITEMS)
def import_template() -> Any:
    """Download an empty sheet with the columns that the importer reads, and how to fill it."""
    made = sheets.template("en" if chosen_locale() == "en" else "zh")
    return http.attachment(made.data, made.media_type, _("Questions") + made.filename_extension)


@bp.get("/exports/<export_id>")
@allow(Permission.WRITE_ITEMS)
def export_file(export_id: str) -> Any:
    """Show how far an export is, what it leaves out, and the way to its file."""
    return render_template(
        "items/export_file.html",
        page=_view(export_id),
        word=wording.word,
        format_names=wording.format_names(),
    )


def _view(export_id: str) -> exporting.ExportView:
    try:
        return exporting.view_export(viewer(), export_id)
    except LookupError:
        abort(404)


@bp.get("/exports/<export_id>/progress")
@allow(Permission.WRITE_ITEMS)
def export_progress(export_id: str) -> Any:
    """Tell a waiting page how far an export is."""
    page = _view(export_id)
    return jsonify(state=page.state, done=0, total=0)


@bp.get("/exports/<export_id>/download")
@allow(Permission.WRITE_ITEMS)
def download(export_id: str) -> Any:
    """Send the file of an export."""
    try:
        file = exporting.get_export_file(viewer(), export_id)
    except LookupError:
        abort(404)
    return http.attachment(file.data, file.media_type, file.filename)
