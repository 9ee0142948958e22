"""Pages about errors: reporting one, one's own reports, the desk for them, corrections."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from ..service import correcting, reporting, reviewed
from .blueprint import bp


@bp.app_template_global()
def report_reasons() -> dict[str, str]:
    """Return what can be wrong with a question, worded, in the order of the form."""
    return {
        "key": _("The answer is wrong"),
        "wording": _("It is unclear"),
        "outdated": _("The rule is out of date"),
        "source": _("The source is wrong"),
        "other": _("Something else"),
    }


@bp.get("/report/<attempt_id>/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def report(attempt_id: str, position: int) -> Any:
    """Show the form about an answered question, or what was reported about it."""
    return _report_page(attempt_id, position)


def _report_page(attempt_id: str, position: int, refusal: Refusal | None = None) -> Any:
    try:
        found = reporting.get_reportable(viewer(), attempt_id, position)
    except LookupError:
        abort(404)
    page = render_template(
        "items/report.html",
        found=found,
        attempt_id=attempt_id,
        position=position,
        refusal=refusal,
        reason=request.form.get("reason", ""),
        text=request.form.get("text", ""),
    )
    return page, refusal.status if refusal else 200


@bp.post("/report/<attempt_id>/<int(max=999):position>")
@allow(Permission.TAKE_PART)
def send_report(attempt_id: str, position: int) -> Any:
    """Take a report; a second one about the same wording changes nothing."""
    try:
        reporting.report(
            viewer(),
            attempt_id,
            position,
            reason=request.form.get("reason", ""),
            text=request.form.get("text", ""),
        )
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _report_page(attempt_id, position, refusal)
    return redirect(url_for("items.report", attempt_id=attempt_id, position=position), 303)


@bp.get("/my-reports")
@allow(Permission.TAKE_PART)
def own_reports() -> Any:
    """Show what the viewer reported, with the answers."""
    return render_template("items/report_own.html", reports=reporting.list_own_reports(viewer()))


@bp.get("/corrections")
@allow(Permission.TAKE_PART)
def corrections() -> Any:
    """Show what was put right: the public notes."""
    lines = correcting.list_corrections(viewer())
    return render_template("items/report_corrections.html", corrections=lines)


@bp.get("/reports")
@allow(Permission.READ_BANK)
def reports() -> Any:
    """Show the questions with open reports, or those that were handled."""
    is_open = request.args.get("view") != "handled"
    lines = reporting.list_reported(viewer(), is_open=is_open)
    return render_template("items/reports.html", lines=lines, is_open=is_open)


@bp.get("/reports/<item_id>")
@allow(Permission.READ_BANK)
def reported(item_id: str) -> Any:
    """Show one question with its reports and how people answered it."""
    return _triage(item_id)


def _triage(item_id: str, refusal: Refusal | None = None) -> Any:
    try:
        page = reporting.get_triage(viewer(), item_id)
    except LookupError:
        abort(404)
    wording = reviewed.describe(page.version_id) if page.version_id else None
    shown = render_template(
        "items/reported.html",
        page=page,
        wording=wording,
        refusal=refusal,
        answer=request.form.get("answer", ""),
    )
    return shown, refusal.status if refusal else 200


@bp.post("/reports/<item_id>")
@allow(Permission.WRITE_ITEMS)
def handle_reports(item_id: str) -> Any:
    """Accept or decline reports; accepting opens a draft of the correction."""
    is_accepted = request.form.get("decision") == "accept"
    try:
        number = reporting.handle_reports(
            viewer(),
            item_id,
            request.form.getlist("report"),
            is_accepted=is_accepted,
            answer=request.form.get("answer", ""),
        )
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _triage(item_id, refusal)
    if is_accepted:
        flash(
            ngettext(
                "%(num)d report accepted. A draft of the correction is open.",
                "%(num)d reports accepted. A draft of the correction is open.",
                number,
            )
        )
    else:
        flash(ngettext("%(num)d report declined.", "%(num)d reports declined.", number))
    return redirect(url_for("items.reported", item_id=item_id), 303)
