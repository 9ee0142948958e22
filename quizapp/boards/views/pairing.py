"""Pairing: a code on the display, typed by an administrator. A display signs in nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock, security
from quizapp.core.http import absolute_url

from .. import rules, service
from .blueprint import bp, keep_secret, secret
from .pictures import draw_qr


@dataclass(frozen=True)
class PairPage:
    """What an unpaired display shows."""

    code: str
    expires_at: datetime
    status_url: str


@bp.get("/pair")
@allow(Permission.WATCH_BOARD)
def pair() -> Any:
    """Show the code that an administrator types in; a paired display goes to its board."""
    known = secret()
    if service.find_screen(known):
        return redirect(url_for("boards.tv"))
    known = known or security.new_token()
    code, seconds = service.offer_code(known)
    page = PairPage(
        code=code,
        expires_at=clock.now() + timedelta(seconds=seconds),
        status_url=url_for("boards.pair_status"),
    )
    response = make_response(render_template("boards/pair.html", page=page))
    keep_secret(response, known)
    return response


@bp.get("/pair/status")
@allow(Permission.WATCH_BOARD)
def pair_status() -> Any:
    """Say whether this browser is paired by now, or needs another code."""
    known = secret()
    if service.find_screen(known):
        return jsonify(state="paired", next=url_for("boards.tv"))
    if not known:
        return jsonify(state="expired", next=url_for("boards.pair"))
    code, _seconds = service.offer_code(known)
    is_same = code == request.args.get("code")
    return jsonify(state="waiting" if is_same else "expired", next=url_for("boards.pair"))


@bp.get("/pair/qr/<code>.svg")
@allow(Permission.WATCH_BOARD)
def pair_qr(code: str) -> Any:
    """Draw the address at which an administrator pairs this very code."""
    if not rules.is_code(code):
        abort(404)
    return draw_qr(absolute_url("admin.displays", code=code))


@bp.post("/demo")
@allow(Permission.TAKE_PART, before_consent=True)
def show_demo() -> Any:
    """Become a wall display of the demo: this browser shows the board of the viewer's workshop."""
    known = secret() or security.new_token()
    service.pair_demo(viewer(), known)
    response = make_response(redirect(url_for("boards.tv"), 303))
    keep_secret(response, known)
    return response
