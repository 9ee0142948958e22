"""What anybody may read: a badge its owner shows, and what the issuer publishes for verifiers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, render_template

from quizapp.accounts.access import allow
from quizapp.accounts.permissions import Permission
from quizapp.core import http

from ..service import credentials, keys, own
from .blueprint import bp

ANYONE = Permission.ANYONE
KEYS_SECONDS = 3600  # how long others may keep a key: it hardly ever changes
LIST_SECONDS = 300  # and the list of revoked credentials: who was revoked shall be known soon
LINKED = "application/ld+json"


@bp.get("/verify/<token>")
@allow(ANYONE)
def shown(token: str) -> Any:
    """Show a badge that its owner shows. Nobody is asked to sign in."""
    try:
        page = own.get_shown(token)
    except LookupError:
        abort(404)
    return render_template("badges/shown.html", page=page)


@bp.get("/verify/<token>/credential.jwt")
@allow(ANYONE)
def shown_credential(token: str) -> Any:
    """Send the signed credential of a badge that its owner shows."""
    try:
        name, signed = own.get_shown_credential(token)
    except LookupError:
        abort(404)
    return http.attachment(signed.encode(), "application/jwt", f"{name}.jwt")


def _public(said: Mapping[str, Any], seconds: int, media_type: str = "application/json") -> Any:
    """Return JSON that anybody may keep for a while."""
    response = Response(json.dumps(said, ensure_ascii=False, indent=1), mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


@bp.get("/keys", endpoint="keys")
@allow(ANYONE)
def published_keys() -> Any:
    """Publish the issuer's keys that are good."""
    return _public({"keys": keys.list_published()}, LIST_SECONDS, "application/jwk-set+json")


@bp.get("/keys/<key_id>")
@allow(ANYONE)
def key(key_id: str) -> Any:
    """Publish one of the issuer's keys: what credentials name. One that is withdrawn is gone."""
    found = keys.find_published(key_id)
    if found is None:
        abort(404)
    return _public(found, LIST_SECONDS, "application/jwk+json")


@bp.get("/issuers/<organisation_id>")
@allow(ANYONE)
def issuer(organisation_id: str) -> Any:
    """Publish the profile of an issuer."""
    try:
        return _public(credentials.get_issuer(organisation_id), KEYS_SECONDS, LINKED)
    except LookupError:
        abort(404)


@bp.get("/issuers/<organisation_id>/revocations")
@allow(ANYONE)
def revocations(organisation_id: str) -> Any:
    """Publish which credentials of an issuer hold no longer."""
    try:
        return _public(credentials.get_revocations(organisation_id), LIST_SECONDS)
    except LookupError:
        abort(404)


@bp.get("/achievements/<badge_id>")
@allow(ANYONE)
def achievement(badge_id: str) -> Any:
    """Publish what a badge stands for."""
    try:
        return _public(credentials.get_achievement(badge_id), KEYS_SECONDS, LINKED)
    except LookupError:
        abort(404)


@bp.get("/achievements/<badge_id>.svg")
@allow(ANYONE)
def artwork(badge_id: str) -> Any:
    """Publish the drawing of a badge."""
    try:
        drawn = credentials.get_drawing(badge_id)
    except LookupError:
        abort(404)
    response = Response(drawn, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={KEYS_SECONDS}"
    return response
