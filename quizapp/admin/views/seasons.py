"""The desk of seasons: look at them, plan the next one, change it, close one that is over."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.leaderboards import service as leaderboards
from quizapp.points import service as points
from quizapp.points.rules import METHODS

from ..forms import SeasonForm
from .blueprint import bp

MANAGE = Permission.MANAGE_RECOGNITION


@bp.get("/seasons")
@allow(MANAGE)
def seasons() -> Any:
    """Show all seasons, the latest first."""
    lines = leaderboards.list_for_desk(viewer())
    return render_template(
        "admin/seasons.html",
        lines=lines,
        methods={method: leaderboards.method_name(method) for method in METHODS},
    )


@bp.route("/seasons/plan", methods=["GET", "POST"])
@allow(MANAGE)
def plan_season() -> Any:
    """Plan a season; the next calendar month is suggested."""
    form = SeasonForm(obj=leaderboards.next_season(viewer()))
    if form.validate_on_submit():
        try:
            points.plan_season(viewer().id, viewer().organisation_id, form.draft())
            flash(_("“%(name)s” is planned.", name=form.name.data))
            return redirect(url_for("admin.seasons"))
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("admin/season_form.html", form=form, line=None), form.status


@bp.route("/seasons/<season_id>/edit", methods=["GET", "POST"])
@allow(MANAGE)
def edit_season(season_id: str) -> Any:
    """Change a season that is not closed."""
    line = _fetch(season_id)
    form = SeasonForm(obj=line.season)
    if form.validate_on_submit():
        try:
            points.change_season(viewer().id, viewer().organisation_id, season_id, form.draft())
            flash(_("Saved."))
            return redirect(url_for("admin.seasons"))
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("admin/season_form.html", form=form, line=line), form.status


@bp.get("/seasons/<season_id>/close")
@allow(MANAGE)
def confirm_close(season_id: str) -> Any:
    """Say what closing a season does, and from when it can be done."""
    return render_template("admin/season_close.html", line=_fetch(season_id))


@bp.post("/seasons/<season_id>/close")
@allow(MANAGE)
def close_season(season_id: str) -> Any:
    """Close a season that is over."""
    line = _fetch(season_id)
    try:
        leaderboards.close_season(viewer(), season_id)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("admin.confirm_close", season_id=season_id), 303)
    flash(_("“%(name)s” is closed. Its boards stay as they are now.", name=line.season.name))
    return redirect(url_for("admin.seasons"), 303)


def _fetch(season_id: str) -> leaderboards.SeasonLine:
    try:
        return leaderboards.get_for_desk(viewer(), season_id)
    except LookupError:
        abort(404)
