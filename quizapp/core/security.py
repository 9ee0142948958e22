"""Secrets, passwords, safe redirects and the headers of every response."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from . import clock
from .threads import aside

View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()

# 25 ms of CPU. The library's own default costs 195 ms: 10,000 morning logins would take 16 minutes.
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_hashing_slots = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))
_NOBODYS_HASH = _hasher.hash("a password that nobody has")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# Browsers take line breaks and tabs out of an address and read a backslash as a slash.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, kept out of what anybody may store and hand on."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set or renew the cookie, except on a public file: a proxy would keep it with the file."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Switch on CSRF checks, the response headers and, behind a proxy, its forwarded headers."""
    app.before_request(_allow_upload)  # before the CSRF check, which is the first to read the form
    csrf.init_app(app)
    app.session_interface = Sessions()
    hops = app.config["PROXY_HOPS"]
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        # Private by default; only a response that says otherwise may be kept.
        response.headers.setdefault("Cache-Control", "no-store")
        if not response.cache_control.public:
            response.vary.add("Cookie")
        return response


def takes_upload(megabytes: int) -> Callable[[View], View]:
    """Let a view receive a body of up to ``megabytes``, beyond what other requests may send."""

    def mark(view: View) -> View:
        view.upload_bytes = megabytes * 1024 * 1024  # type: ignore[attr-defined]
        return view

    return mark


def _allow_upload() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    allowed = getattr(view, "upload_bytes", None)
    if allowed and request.method == "POST":
        request.max_content_length = allowed
        request.max_form_memory_size = allowed


def new_token() -> str:
    """Return a fresh secret of 192 bits, safe in a URL."""
    return secrets.token_urlsafe(24)


def public_id() -> str:
    """Return a random name for a row in URLs: 16 characters, never derived from the row."""
    return secrets.token_urlsafe(12)


def fingerprint(secret: str) -> str:
    """Return what is stored of a random secret: enough to recognise it, useless to a thief."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _off_the_loop(work: Any, *args: str) -> Any:
    """Run CPU-bound ``work`` beside the other requests, a few at a time: each takes memory."""
    with _hashing_slots:
        return aside(work, *args)


def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password``; it takes 25 ms, so never in a command."""
    hashed: str = _off_the_loop(_hasher.hash, password)
    return hashed


def is_password(hashed: str | None, password: str) -> bool:
    """Tell whether ``password`` belongs to ``hashed``; None costs as much time as a wrong one."""

    def verify(known: str, given: str) -> bool:
        try:
            return _hasher.verify(known, given)
        except (VerificationError, InvalidHashError):
            return False

    matches: bool = _off_the_loop(verify, hashed or _NOBODYS_HASH, password)
    return matches and bool(hashed)


def safe_next(target: str | None, otherwise: str) -> str:
    """Return ``target`` when it is a path of this site, else ``otherwise``."""
    if not target or not _LOCAL_PATH.fullmatch(target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def sign(purpose: str, value: Any) -> str:
    """Return ``value`` (JSON-able) signed and dated for ``purpose``."""
    return _serializer(purpose).dumps(value)


def unsign(purpose: str, token: str, *, max_age_seconds: int | None = None) -> Any | None:
    """Return ``(value, signed_at)`` of a token made by ``sign``, or None when it is not ours."""
    try:
        return _serializer(purpose).loads(token, max_age=max_age_seconds, return_timestamp=True)
    except BadSignature:
        return None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose)


def seal(purpose: str, text: str) -> str:
    """Return ``text``, which has no colon in it, dated and signed for ``purpose``: short and quick.

    The hot path reads a hundred of these a second and more, without JSON and compression.
    """
    at = round(clock.now().timestamp() * 1000)
    return _sealer(purpose, current_app.config["SECRET_KEY"]).sign(f"{text}:{at}").decode()


def unseal(purpose: str, token: str) -> tuple[str, datetime] | None:
    """Return ``(text, signed_at)`` of a token made by ``seal``, or None when it is not ours."""
    try:
        sealed = _sealer(purpose, current_app.config["SECRET_KEY"]).unsign(token).decode()
    except BadSignature:
        return None
    text, _colon, at = sealed.partition(":")
    return text, datetime.fromtimestamp(int(at) / 1000, UTC)


@lru_cache(maxsize=16)
def _sealer(purpose: str, key: str) -> Signer:
    return Signer(key, salt=purpose, sep=":")


def client_address() -> str:
    """Return the address the request came from, as the configured proxies vouch for it."""
    return request.remote_addr or "unknown"
