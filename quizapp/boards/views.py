"""Pages of the displays: pairing, the board, the pre-shift question. A display signs in nobody."""

from __future__ import annotations

from collections.abc import Callable
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
from quizapp.core import clock, db, security, sse
from quizapp.core.forms import Refusal
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
    shows: str
    turn_seconds: int | None
    board: dict[str, Any]
    events_url: str
    poll_url: str
    pair_url: str
    qr_url: str


@dataclass(frozen=True)
class PreshiftPage:
    """The question of a shift on a wall."""

    theme: str
    distance_m: int
    shows: str
    turn_seconds: int | None
    question: dict[str, Any]


@dataclass(frozen=True)
class TouchPage:
    """The same question, to be answered on the display itself."""

    theme: str
    distance_m: int
    question: dict[str, Any]
    options: tuple[tuple[str, str, str], ...]
    claim: str
    chosen: str
    note: str | None


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


@bp.get("/preshift-qr.svg")
@allow(Permission.WATCH_BOARD)
def preshift_qr() -> Any:
    """Draw the address at which a leader answers for the team."""
    return _qr(absolute_url("quizzes.ask_team"))


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
    turn = service.find_turn(screen)
    if turn.page == rules.PRESHIFT:
        return redirect(url_for("boards.preshift"))
    service.note_seen(screen.id)
    page = TvPage(
        display_name=screen.name,
        theme=screen.theme,
        distance_m=screen.distance_m,
        shows=screen.shows,
        turn_seconds=turn.seconds,
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
        "shows": screen.shows,
        "page": service.find_turn(screen).page if screen.shows == rules.ROTATE else None,
    }


@bp.get("/events")
@allow(Permission.WATCH_BOARD)
def events() -> Any:
    """Stream the board: the whole of it at once, then every new version."""
    return _stream(
        "board",
        service.channel,
        lambda screen: service.current_state(screen.organisation_id, screen.unit_id),
    )


def _stream(
    name: str, channel: Callable[[int], str], state: Callable[[Screen], dict[str, Any]]
) -> Response:
    """Return the stream of what a screen shows: its look, ``state`` as ``name``, then changes."""
    secret = _secret()
    screen = service.find_screen(secret)
    gone = sse.frame("gone", "{}")
    if screen is None:
        # Not 410: an EventSource would never come back and never say why.
        return Response(gone, mimetype="text/event-stream")
    service.note_seen(screen.id)
    opened = store()  # the heartbeat runs outside the request

    def first() -> list[str]:
        db.end_read()
        if service.find_screen(secret) != screen:  # changed before the stream could hear of it
            return [gone]
        return [
            sse.frame("hello", sse.compact(_look(screen))),
            sse.frame(name, sse.compact(state(screen))),
        ]

    channels = {channel(screen.unit_id): name, service.own_channel(screen.id): "gone"}
    try:
        return sse.stream(channels, first, lambda: service.note_seen(screen.id, opened))
    except sse.TooManyStreams:
        return Response(status=503, headers={"Retry-After": "15"})


@bp.get("/preshift")
@allow(Permission.WATCH_BOARD)
def preshift() -> Any:
    """Show the question of the shift to a display of a team or a workshop."""
    screen = service.find_screen(_secret())
    if screen is None:
        return redirect(url_for("boards.pair"))
    wall = _wall_or_board(screen)
    if wall is None:
        return redirect(url_for("boards.tv"))
    service.note_seen(screen.id)
    page = PreshiftPage(
        theme=screen.theme,
        distance_m=screen.distance_m,
        shows=screen.shows,
        turn_seconds=service.find_turn(screen).seconds,
        question=wall.state,
    )
    response = make_response(render_template("boards/preshift.html", page=page))
    _keep_secret(response, _secret() or "")
    return response


def _wall_or_board(screen: Screen) -> service.PreshiftWall | None:
    try:
        return service.get_preshift(screen.organisation_id, screen.unit_id)
    except LookupError:
        return None


def _wall(screen: Screen) -> service.PreshiftWall:
    return _wall_or_board(screen) or abort(404)


@bp.get("/preshift/state")
@allow(Permission.WATCH_BOARD)
def preshift_state() -> Any:
    """Return the question as JSON, for a display whose stream does not come through."""
    screen = _screen_or_gone()
    service.note_seen(screen.id)
    return jsonify(question=_wall(screen).state, **_look(screen))


@bp.get("/preshift/events")
@allow(Permission.WATCH_BOARD)
def preshift_events() -> Any:
    """Stream the question: as it stands, then again when the team has answered."""
    return _stream("question", service.preshift_channel, lambda screen: _wall(screen).state)


@bp.get("/preshift/answer")
@allow(Permission.WATCH_BOARD)
def preshift_answer() -> Any:
    """Show the question to fingers: tiles to touch, and the code that the leader's phone shows."""
    screen = service.find_screen(_secret())
    if screen is None:
        return redirect(url_for("boards.pair"))
    return _touch_page(screen)


@bp.post("/preshift/answer")
@allow(Permission.WATCH_BOARD)
def record_preshift() -> Any:
    """Take the answer that was touched on the display itself."""
    screen = _screen_or_gone()
    try:
        service.record_on_display(
            screen,
            claim=request.form.get("claim", "")[:600],
            option=request.form.get("option", "")[:80],
            code=request.form.get("code", "")[:20],
        )
    except Refusal as refusal:
        return _touch_page(screen, note=refusal.message, status=refusal.status)
    return redirect(url_for("boards.preshift"), 303)


def _touch_page(screen: Screen, *, note: str | None = None, status: int = 200) -> Any:
    wall = _wall_or_board(screen)
    if wall is None or not wall.claim:
        return redirect(url_for("boards.preshift"), 303)
    page = TouchPage(
        theme=screen.theme,
        distance_m=screen.distance_m,
        question=wall.state,
        options=wall.options,
        claim=wall.claim,
        chosen=request.form.get("option", ""),
        note=note,
    )
    return render_template("boards/preshift_answer.html", page=page), status


@bp.post("/demo")
@allow(Permission.TAKE_PART, before_consent=True)
def show_demo() -> Any:
    """Become a wall display of the demo: this browser shows the board of the viewer's workshop."""
    secret = _secret() or security.new_token()
    service.pair_demo(viewer(), secret)
    response = make_response(redirect(url_for("boards.tv"), 303))
    _keep_secret(response, secret)
    return response
