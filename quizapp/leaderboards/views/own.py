"""One's own place: a page that shows its reader's and has no address for anybody else's."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission

from .. import service
from .blueprint import bp


@bp.get("/own")
@allow(Permission.TAKE_PART)
def own_rank() -> Any:
    """Show where the viewer's own points lie, to those who asked for it."""
    return render_template("leaderboards/own.html", page=service.get_own_rank(viewer()))


@bp.post("/own")
@allow(Permission.TAKE_PART)
def ask_own_rank() -> Any:
    """Switch the own place on or off."""
    service.ask_own_rank(viewer(), is_asked=request.form.get("asked") == "1")
    return redirect(url_for("leaderboards.own_rank"), 303)
