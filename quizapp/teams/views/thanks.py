"""Thanks between colleagues: writing, deciding about them, and what was reported."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from .. import rules, service
from ..forms import ThanksForm
from .blueprint import bp

TEAM = "team"  # in the address: the whole team


@bp.get("/thanks")
@allow(Permission.TAKE_PART)
def thanks() -> Any:
    """Show what one was given, what one gave, and what the team may read."""
    return render_template("teams/thanks.html", page=service.get_page(viewer()))


@bp.get("/thanks/new")
@allow(Permission.TAKE_PART)
def new_thanks() -> Any:
    """Choose whom to thank, then write."""
    to = request.args.get("to", "")
    if to:
        return _write_page(to, ThanksForm(formdata=None))
    query = request.args.get("q", "")
    return render_template(
        "teams/thanks_to.html", query=query, found=service.find_colleagues(viewer(), query)
    )


@bp.post("/thanks/new")
@allow(Permission.TAKE_PART)
def give_thanks() -> Any:
    """Give thanks to a colleague of the own team, or to all of it."""
    to, form = request.form.get("to", ""), ThanksForm()
    try:
        service.give_thanks(viewer(), form.text.data or "", None if to == TEAM else to or "-")
    except LookupError:
        abort(404)
    except Refusal as refusal:
        form.refuse(refusal)
        return _write_page(to, form)
    flash(_("Your thanks have arrived."))
    return redirect(url_for("teams.ours"), 303)


def _write_page(to: str, form: ThanksForm) -> Any:
    """Show the form of thanks to somebody."""
    try:
        colleague = None if to == TEAM else service.get_colleague(viewer(), to)
    except LookupError:
        abort(404)
    page = render_template(
        "teams/thanks_new.html",
        form=form,
        to=to,
        colleague=colleague,
        most=rules.MOST_TEXT,
        a_week=rules.THANKS_A_WEEK,
    )
    return page, 409 if form.form_errors else form.status


@bp.post("/thanks/<thanks_id>")
@allow(Permission.TAKE_PART)
def handle_thanks(thanks_id: str) -> Any:
    """Share, keep, remove, take back or report thanks."""
    deed = request.form.get("deed", "")
    try:
        service.handle(viewer(), thanks_id, deed)
    except LookupError:
        abort(404)
    flash(
        {
            "share": _("Your team can read it now."),
            "keep": _("Only you can read it now."),
            "remove": _("Removed. Its words are deleted."),
            "take_back": _("Taken back. Its words are deleted."),
            "report": _("Out of sight. An administrator looks at it; who reported it is not kept."),
        }[deed]
    )
    return redirect(url_for("teams.thanks"), 303)


@bp.get("/reported")
@allow(Permission.MANAGE_PEOPLE)
def reported() -> Any:
    """Show the thanks of a scope that somebody reported."""
    return render_template("teams/reported.html", lines=service.list_reported(viewer()))


@bp.post("/reported/<report_id>")
@allow(Permission.MANAGE_PEOPLE)
def settle_report(report_id: str) -> Any:
    """Put reported thanks back, or delete their words."""
    is_kept = request.form.get("decision") == "keep"
    try:
        service.settle_report(viewer(), report_id, is_kept=is_kept)
    except LookupError:
        abort(404)
    flash(_("Put back where it was.") if is_kept else _("Its words are deleted."))
    return redirect(url_for("teams.reported"), 303)
