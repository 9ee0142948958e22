"""Pages around the pages: static files, errors, request ids, health."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    render_template,
    request,
    send_file,
    send_from_directory,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.security import safe_join

from . import clock, dial
from .db import db
from .forms import Refusal
from .i18n import chosen_locale, is_known_locale
from .redis import store

log = logging.getLogger(__name__)
bp = Blueprint("core", __name__)

STATIC = Path(__file__).resolve().parents[2] / "static"
ASSET_SECONDS = 365 * 24 * 3600
OFFLINE_PAGE = "/offline"
# What the phone pages need to answer without a network; the service worker keeps these files.
SHELL = (
    "core/tokens.css",
    "core/phone.css",
    "core/mark.svg",
    "core/shell.js",
    "core/shelf.js",
    "core/outbox.js",
    "vendor/idb-keyval-6.3.0.min.js",
    "quizzes/aloud.js",
    "quizzes/answering.js",
    "quizzes/carried.js",
    "quizzes/clock.js",
    "quizzes/draft.js",
    "quizzes/exam.css",
    "quizzes/take.js",
    "quizzes/verdict.js",
    "home/offline.js",
    "home/today.js",
)
_BARE = {".js": "text/javascript", ".css": "text/css"}
# Comments that stand on lines of their own, and indentation; a licence (/*!) stays.
_COMMENTS = re.compile(r"^[ \t]*(?:/\*(?!!)[\s\S]*?\*/|//[^\n]*)[ \t]*\n", re.MULTILINE)
_INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True)
class ErrorPage:
    """What a person reads when something did not work: what happened, what was kept, what to do."""

    status: int
    title: str
    text: str
    kept: str | None
    action_url: str
    action_label: str
    code: str
    at: datetime


def tree_hash(folder: Path) -> str:
    """Return a short hash over the names and contents of every file below ``folder``."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def init_app(app: Flask) -> None:
    """Register the foundation's routes, error pages and template globals."""
    app.register_blueprint(bp)
    app.config["ASSET_HASH"] = tree_hash(STATIC)
    app.jinja_env.globals.update(
        asset=asset_url, dial_paths=dial.paths, worker_url=service_worker_url
    )
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_failed)
    app.register_error_handler(OperationalError, _store_failed)
    app.register_error_handler(PoolTimeout, _store_failed)
    app.register_error_handler(RedisError, _store_failed)
    app.register_error_handler(Exception, _failed)


def asset_url(name: str) -> str:
    """Return the address of a static file; it changes when any file of the tree changes."""
    return url_for("core.static_file", version=current_app.config["ASSET_HASH"], filename=name)


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return an address for another device: from the configured base, never from the request."""
    base: str = current_app.config["PUBLIC_BASE_URL"]
    return base.rstrip("/") + url_for(endpoint, **values)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    if current_app.config["TRUSTED_HOSTS"]:
        _ = request.host  # Werkzeug checks the trusted hosts only when the host is read


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


def is_api_request() -> bool:
    """Tell whether a program asks, which reads problem details instead of a page."""
    return request.path.startswith("/api/")


def page(title: str, message: str, status: int, **more: Any) -> tuple[Any, int]:
    """Return the error page; ``more`` may set ``kept``, ``action_url`` and ``action_label``.

    A program gets the same words as problem details (RFC 9457).
    """
    if is_api_request():
        problem = jsonify(status=status, title=title, message=message)
        problem.mimetype = "application/problem+json"
        return problem, status
    shown = ErrorPage(
        status=status,
        title=title,
        text=message,
        kept=more.get("kept"),
        action_url=more.get("action_url") or "/",
        action_label=more.get("action_label") or _("Back to Today"),
        code=f"ZX-{status}",
        at=clock.now(),
    )
    return render_template("core/error.html", page=shown), status


def whole_number(text: str | None, otherwise: int) -> int:
    """Return a number from an address or a form; ``otherwise`` for nonsense, or one no row has."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if text and is_number else otherwise


def attachment(data: bytes, media_type: str, name: str) -> Response:
    """Return ``data`` as a file to save under ``name``; no cache on the way may keep it."""
    response = send_file(
        io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def is_fragment_request() -> bool:
    """Tell whether a script asks for a part of a page instead of a browser for a whole one."""
    return request.headers.get("X-Requested-With") == "fetch"


def _refused(refusal: Refusal) -> tuple[Any, int]:
    return page(_("That did not work"), refusal.message, refusal.status)


def _csrf_failed(_error: CSRFError) -> tuple[Any, int]:
    return page(
        _("This page was open for too long"),
        _("Nothing was changed. Open the page again and repeat the last step."),
        400,
        action_url=request.path if request.method == "GET" else "/",
        action_label=_("Open again"),
    )


def _http_failed(error: HTTPException) -> Any:
    if isinstance(error, SecurityError):
        # Without a host to answer for no address can be built, and so no page either.
        return Response("This server does not answer for that host.\n", 400, mimetype="text/plain")
    if error.response is not None:
        return error.response
    status = error.code or 500
    described = getattr(error, "description", None)
    words = {
        400: (_("The request was not understood"), _("Nothing was changed.")),
        403: (_("This page belongs to another role"), _("An administrator can tell you more.")),
        404: (_("There is nothing here"), _("The address may be old, or it belongs elsewhere.")),
        405: (_("The request was not understood"), _("Nothing was changed.")),
        413: (_("The file is too large"), _("Nothing was saved. Choose a smaller file.")),
        429: (_("Too many tries"), _("Please wait a moment, then try again.")),
        503: (_("Temporarily unreachable"), _("It is not your doing; the system is recovering.")),
    }
    title, message = words.get(status, words[400] if status < 500 else words[503])
    if isinstance(described, Explained):
        message = str(described)
    return page(title, message, status)


class Explained(str):
    """A description given to ``abort`` that is written for the person who meets it."""


def deny(message: str, status: int = 403) -> Any:
    """Stop the request with an error page that says ``message``."""
    abort(status, description=Explained(message))


def _store_failed(error: Exception) -> Any:
    log.error("a store did not answer: %s", error)
    body, status = page(
        _("Temporarily unreachable"),
        _("It is not your doing; the system is recovering."),
        503,
        kept=_("Everything submitted so far is kept."),
        action_url=request.full_path if request.method == "GET" else "/",
        action_label=_("Try again"),
    )
    return body, status, {"Retry-After": "5"}


def _failed(error: Exception) -> Any:
    log.exception("request %s failed", g.get("request_id"), exc_info=error)
    if current_app.config["TESTING"] and current_app.config.get("PROPAGATE", True):
        raise error
    return page(
        _("Something went wrong on our side"),
        _("It has been recorded; what was submitted before is kept."),
        500,
    )


@bp.get("/static/<version>/<path:filename>")
def static_file(version: str, filename: str) -> Response:
    """Serve a static file; for good when it was asked for by the current version."""
    is_current = version == current_app.config["ASSET_HASH"]
    path = Path(safe_join(str(STATIC), filename) or "")
    if path.suffix in _BARE and path.is_file():
        response = Response(_bare(path, path.stat().st_mtime_ns), mimetype=_BARE[path.suffix])
        response.headers["Cache-Control"] = "no-cache"
    else:
        response = send_from_directory(STATIC, filename, max_age=ASSET_SECONDS if is_current else 0)
    if is_current:
        response.headers["Cache-Control"] = f"public, max-age={ASSET_SECONDS}, immutable"
    return response


@lru_cache(maxsize=64)
def _bare(path: Path, _changed_at: int) -> bytes:
    return without_comments(path.read_text(encoding="utf-8")).encode()


def without_comments(text: str) -> str:
    """Return a script or a sheet without comments and indentation: phones need not fetch them."""
    return _INDENTS.sub("", _COMMENTS.sub("", text))


@bp.get("/sw.js")
def service_worker() -> Response:
    """Serve the service worker of the phone pages; switched off, one that takes itself out."""
    locale = request.args.get("locale", "")
    if current_app.config["SERVICE_WORKER"]:
        shell = {
            "version": current_app.config["ASSET_HASH"],
            "offline": OFFLINE_PAGE + (f"?locale={locale}" if is_known_locale(locale) else ""),
            "files": [asset_url(name) for name in SHELL],
        }
        script = (STATIC / "core/worker.js").read_text(encoding="utf-8")
        body = f"const SHELL = {json.dumps(shell)};\n{without_comments(script)}"
    else:
        body = (STATIC / "core/no-worker.js").read_text(encoding="utf-8")
    response = Response(body, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def service_worker_url() -> str:
    """Return where phone pages find their service worker; empty when it is switched off."""
    if not current_app.config["SERVICE_WORKER"]:
        return ""
    return url_for("core.service_worker", locale=chosen_locale())


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Serve the mark of the house as the browser's icon."""
    return send_from_directory(STATIC / "core", "mark.svg", max_age=24 * 3600)


@bp.get("/csrf")
def csrf_refresh() -> Response:
    """Return a fresh token and whose session it fits, for a device that replays kept answers.

    A device sends an answer in its own person's session only, and keeps it in anybody else's.
    """
    return jsonify(token=generate_csrf(), person=current_user.get_id())


@bp.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """Say that the process lives."""
    return {"status": "ok"}, 200


@bp.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Say whether the database and the store answer."""
    state = readiness()
    # Answers need the database only; without the store boards wait, people do not.
    return state, 200 if state["database"] == "ok" else 503


def readiness() -> dict[str, str]:
    """Return "ok", or the name of what went wrong, for the database and the store."""
    state = {"database": "ok", "store": "ok"}
    try:
        db.session.execute(text("SELECT 1"))
    except Exception as error:
        state["database"] = type(error).__name__
    try:
        store().client.ping()
    except Exception as error:
        state["store"] = type(error).__name__
    return state
