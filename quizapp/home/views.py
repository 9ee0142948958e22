"""Pages of home: Today, the finish page, Me and the ledger."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.i18n import is_known_locale
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes

from . import service

bp = Blueprint("home", __name__)


@bp.get("/")
@allow(Permission.TAKE_PART)
def today() -> Any:
    """Show today's set, the team, the rhythm."""
    return render_template("home/today.html", page=service.get_today(viewer()))


@bp.get("/result/<attempt_id>")
@allow(Permission.TAKE_PART)
def result(attempt_id: str) -> Any:
    """Show what a set came to; a set that is still open goes on instead."""
    try:
        page = service.get_result(viewer(), attempt_id)
    except LookupError:
        abort(404)
    if not page.is_finished:
        return redirect(url_for("quizzes.take", attempt_id=attempt_id))
    return render_template("home/result.html", page=page)


@bp.get("/result/<attempt_id>/team")
@allow(Permission.TAKE_PART)
def team_effect(attempt_id: str) -> Any:
    """Return the part of the finish page that waits for the board."""
    try:
        team = service.get_effect(viewer(), attempt_id)
    except LookupError:
        abort(404)
    return render_template("home/_team_effect.html", team=team)


@bp.get(http.OFFLINE_PAGE)
@allow(Permission.ANYONE)
def offline() -> Any:
    """Show what a phone keeps for the days without a network: words, and nothing of a person."""
    locale = request.args.get("locale", "")
    if is_known_locale(locale):
        g.locale = locale  # the worker that asks for it sends no cookie
    return render_template("home/offline.html")


@bp.get("/me")
@allow(Permission.TAKE_PART)
def me() -> Any:
    """Show a person's own page."""
    return render_template("home/me.html", page=service.get_me(viewer()))


@bp.post("/me/corrections")
@allow(Permission.TAKE_PART)
def see_regrades() -> Any:
    """Note that the viewer has read what corrections gained them, and show the public notes."""
    quizzes.see_regrades(viewer())
    return redirect(url_for("items.corrections"), 303)


@bp.post("/me/marks")
@allow(Permission.TAKE_PART)
def see_marks() -> Any:
    """Note that the viewer has read what marking and appeals came to."""
    quizzes.see_marks(viewer())
    return redirect(url_for("home.today"), 303)


@bp.get("/me/points")
@allow(Permission.TAKE_PART)
def ledger() -> Any:
    """Show a person's own ledger, line by line."""
    page = service.get_ledger(
        viewer(),
        http.whole_number(request.args.get("before"), 0) or None,
        activity=request.args.get("activity", ""),
        month=request.args.get("month", ""),
    )
    return render_template("home/ledger.html", page=page)


@bp.post("/me/points/read")
@allow(Permission.TAKE_PART)
def see_corrections() -> Any:
    """Note that the viewer has read what was corrected by hand, and show the ledger."""
    points.see_corrections(viewer(), http.whole_number(request.form.get("up_to"), 0))
    return redirect(url_for("home.ledger"), 303)
