"""The blueprint of the displays, and the secret by which a browser is one."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request

from .. import service
from ..service import Screen

bp = Blueprint("boards", __name__, url_prefix="/boards")

COOKIE = "zhixing-display"
COOKIE_SECONDS = 400 * 24 * 3600


def secret() -> str | None:
    """Return the secret that a display's browser keeps; None in any other."""
    return request.cookies.get(COOKIE)


def keep_secret(response: Response, kept: str) -> None:
    """Keep a display's secret in its browser; the path keeps it away from every other room."""
    response.set_cookie(
        COOKIE,
        kept,
        max_age=COOKIE_SECONDS,
        path="/boards",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        samesite="Lax",
    )


def screen_or_gone() -> Screen:
    """Return the display that asks; anything else is told that it is gone."""
    screen = service.find_screen(secret())
    if screen is None:
        abort(410)
    return screen
