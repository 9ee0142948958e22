"""Codes to scan: addresses of this site, and of no other."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from flask import Response, abort, current_app, request

from quizapp.accounts.access import allow
from quizapp.accounts.permissions import Permission
from quizapp.core.http import absolute_url

from .. import rules
from .blueprint import bp


@bp.get("/preshift-qr.svg")
@allow(Permission.WATCH_BOARD)
def preshift_qr() -> Any:
    """Draw the address at which a leader answers for the team."""
    return draw_qr(absolute_url("quizzes.ask_team"))


@bp.get("/qr.svg")
@allow(Permission.WATCH_BOARD)
def today_qr() -> Any:
    """Draw the address of a page of this site; of today's questions when none is named."""
    link = request.args.get("to", "")
    if not link:
        return draw_qr(absolute_url("home.today"))
    if not rules.is_own_path(link):
        abort(404)
    return draw_qr(current_app.config["PUBLIC_BASE_URL"].rstrip("/") + link)


def draw_qr(content: str) -> Response:
    """Return a picture of a code to scan."""
    drawn = BytesIO()
    segno.make(content, error="m").save(
        drawn, kind="svg", border=2, dark="#0e1620", light="#fff", xmldecl=False, scale=8
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")
