"""Pages of the displays: pairing, the board, its stream. A display signs in nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock, security, sse
from quizapp.core.http import absolute_url
from quizapp.core.redis import store

from . import rules, service
from .service import Screen

bp = Blueprint("boards", __name__, url_prefix="/boards")

COOKIE = "zhixing-display"
COOKIE_SECONDS = 400 * 24 * 3600


@dataclass(frozen=True)
class PairPage:
    """What an unpaired display shows."""

    code: str
    expires_at: datetime
    status_url: str


@dataclass(frozen=True)
class TvPage:
    """The board on a wall."""

    display_name: str
    theme: str
    distance_m: int
    board: dict[str, Any]
    events_url: str
    poll_url: str
    pair_url: str
    qr_url: str


def _secret() -> str | None:
    return request.cookies.get(COOKIE)


def _keep_secret(response: Response, secret: str) -> None:
    """Keep a display's secret in its browser; the path keeps it away from every other room."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_SECONDS,
        path="/boards",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        samesite="Lax",
    )


@bp.get("/pair")
@allow(Permission.WATCH_BOARD)
def pair() -> Any:
    """Show the code that an administrator types in; a paired display goes to its board."""
    secret = _secret()
    if service.find_screen(secret):
        return redirect(url_for("boards.tv"))
    secret = secret or security.new_token()
    code, seconds = service.offer_code(secret)
    page = PairPage(
        code=code,
        expires_at=clock.now() + timedelta(seconds=seconds),
        status_url=url_for("boards.pair_status"),
    )
    response = make_response(render_template("boards/pair.html", page=page))
    _keep_secret(response, secret)
    return response


@bp.get("/pair/status")
@allow(Permission.WATCH_BOARD)
def pair_status() -> Any:
    """Say whether this browser is paired by now, or needs another code."""
    secret = _secret()
    if service.find_screen(secret):
        return jsonify(state="paired", next=url_for("boards.tv"))
    if not secret:
        return jsonify(state="expired", next=url_for("boards.pair"))
    code, _seconds = service.offer_code(secret)
    is_same = code == request.args.get("code")
    return jsonify(state="waiting" if is_same else "expired", next=url_for("boards.pair"))


@bp.get("/pair/qr/<code>.svg")
@allow(Permission.WATCH_BOARD)
def pair_qr(code: str) -> Any:
    """Draw the address at which an administrator pairs this very code."""
    if not rules.is_code(code):
        abort(404)
    return _qr(absolute_url("admin.displays", code=code))


@bp.get("/qr.svg")
@allow(Permission.WATCH_BOARD)
def today_qr() -> Any:
    """Draw the address of today's five questions."""
    return _qr(absolute_url("home.today"))


def _qr(content: str) -> Response:
    drawn = BytesIO()
    segno.make(content, error="m").save(
        drawn, kind="svg", border=2, dark="#0e1620", light="#fff", xmldecl=False, scale=8
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@bp.get("/tv")
@allow(Permission.WATCH_BOARD)
def tv() -> Any:
    """Show the board of the display's unit; an unpaired browser goes to pairing."""
    screen = service.find_screen(_secret())
    if screen is None:
        return redirect(url_for("boards.pair"))
    service.note_seen(screen.id)
    page = TvPage(
        display_name=screen.name,
        theme=screen.theme,
        distance_m=screen.distance_m,
        board=service.current_state(screen.organisation_id, screen.unit_id),
        events_url=url_for("boards.events"),
        poll_url=url_for("boards.state"),
        pair_url=url_for("boards.pair"),
        qr_url=url_for("boards.today_qr"),
    )
    response = make_response(render_template("boards/tv.html", page=page))
    _keep_secret(response, _secret() or "")
    return response


@bp.get("/state")
@allow(Permission.WATCH_BOARD)
def state() -> Any:
    """Return the board as JSON, for a display whose stream does not come through."""
    screen = _screen_or_gone()
    service.note_seen(screen.id)
    return jsonify(
        board=service.current_state(screen.organisation_id, screen.unit_id),
        **_look(screen),
    )


def _screen_or_gone() -> Screen:
    screen = service.find_screen(_secret())
    if screen is None:
        abort(410)
    return screen


def _look(screen: Screen) -> dict[str, Any]:
    return {
        "assets": current_app.config["ASSET_HASH"],
        "theme": screen.theme,
        "distance_m": screen.distance_m,
    }


@bp.get("/events")
@allow(Permission.WATCH_BOARD)
def events() -> Any:
    """Stream the board: the whole of it at once, then every new version."""
    screen = service.find_screen(_secret())
    if screen is None:
        # Not 410: an EventSource would never come back and never say why.
        return Response(sse.frame("gone", "{}"), mimetype="text/event-stream")
    service.note_seen(screen.id)
    opened = store()  # the heartbeat runs outside the request

    def first() -> list[str]:
        board = service.current_state(screen.organisation_id, screen.unit_id)
        return [
            sse.frame("hello", sse.compact(_look(screen))),
            sse.frame("board", sse.compact(board)),
        ]

    channels = {
        service.channel(screen.unit_id): "board",
        service.own_channel(screen.id): "gone",
    }
    try:
        return sse.stream(channels, first, lambda: service.note_seen(screen.id, opened))
    except sse.TooManyStreams:
        return Response(status=503, headers={"Retry-After": "15"})


@bp.post("/demo")
@allow(Permission.TAKE_PART, before_consent=True)
def show_demo() -> Any:
    """Become a wall display of the demo: this browser shows the board of the viewer's workshop."""
    secret = _secret() or security.new_token()
    service.pair_demo(viewer(), secret)
    response = make_response(redirect(url_for("boards.tv"), 303))
    _keep_secret(response, secret)
    return response
