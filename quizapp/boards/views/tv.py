"""The wall itself: one page that turns through what there is to show, and one stream behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, render_template, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import db, security, sse
from quizapp.core.redis import store

from .. import service
from .blueprint import bp, keep_secret, screen_or_gone, secret

RETRY_SECONDS = 15
FRAMED = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": security.CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
}


@dataclass(frozen=True)
class TvPage:
    """What a wall begins with; ``events_url`` empty: a still picture of it, on a desk."""

    look: dict[str, Any]
    document: dict[str, Any]
    events_url: str
    poll_url: str
    pair_url: str
    status_url: str


@bp.get("/tv")
@allow(Permission.WATCH_BOARD)
def tv() -> Any:
    """Show a display its pages; an unpaired browser goes to pairing."""
    kept = secret()
    screen = service.find_screen(kept)
    if screen is None:
        return redirect(url_for("boards.pair"))
    service.note_seen(screen.id)
    page = TvPage(
        look=service.get_look(screen),
        document=service.get_document(screen),
        events_url=url_for("boards.events"),
        poll_url=url_for("boards.state"),
        pair_url=url_for("boards.pair"),
        status_url=url_for("boards.pair_status"),
    )
    response = make_response(render_template("boards/tv.html", page=page))
    keep_secret(response, kept or "")
    return response


@bp.get("/state")
@allow(Permission.WATCH_BOARD)
def state() -> Any:
    """Return all a display shows as JSON, for one whose stream does not come through."""
    screen = screen_or_gone()
    service.note_seen(screen.id)
    return jsonify(look=service.get_look(screen), **service.get_document(screen))


@bp.get("/events")
@allow(Permission.WATCH_BOARD)
def events() -> Any:
    """Stream what a display shows: all of it at once, then every part that changes."""
    kept = secret()
    screen = service.find_screen(kept)
    gone = sse.frame("gone", "{}")
    if screen is None:
        # Not 410: an EventSource would never come back and never say why.
        return Response(gone, mimetype="text/event-stream")
    service.note_seen(screen.id)
    opened = store()  # the heartbeat runs outside the request

    def first() -> list[str]:
        db.end_read()
        if service.find_screen(kept) != screen:  # changed before the stream could hear of it
            return [gone]
        everything = {"look": service.get_look(screen), **service.get_document(screen)}
        return [sse.frame("state", sse.compact(everything))]

    try:
        return sse.stream(
            service.channels_of(screen), first, lambda: service.note_seen(screen.id, opened)
        )
    except sse.TooManyStreams:
        return Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})


@bp.get("/preview/<display_id>")
@allow(Permission.MANAGE_DISPLAYS)
def preview(display_id: str) -> Any:
    """Show what a display shows, without its stream, to be framed by the desk and no other site."""
    try:
        screen = service.get_screen(viewer(), display_id)
    except LookupError:
        abort(404)
    page = TvPage(service.get_look(screen), service.get_document(screen), "", "", "", "")
    return render_template("boards/tv.html", page=page), 200, FRAMED
