"""Pictures, sounds and films of items: upload on the desk, and the files themselves."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, request
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.core.security import takes_upload

from ..service import media
from .blueprint import bp

A_YEAR = 365 * 24 * 3600


@bp.post("/media")
@allow(Permission.WRITE_ITEMS)
@takes_upload(megabytes=21)
def add_media() -> Any:
    """Store an uploaded file and answer with its ref, for the script of the edit page."""
    upload = request.files.get("file")
    if upload is None:
        return jsonify(error=_("Choose a file.")), 422
    data, name = upload.read(), upload.filename or ""
    try:
        if request.form.get("kind") == media.CAPTIONS:
            return jsonify(ref=media.keep_captions(viewer(), data, name), kind=media.CAPTIONS)
        kept = media.keep(viewer(), data, name)
    except Refusal as refusal:
        return jsonify(error=refusal.message), refusal.status
    return jsonify(ref=kept.ref, kind=kept.kind, name=name[-120:])


@bp.get("/media/<ref>")
@allow(Permission.TAKE_PART)
def media_file(ref: str) -> Any:
    """Send a file to people of the organisation it belongs to; parts of it when asked for."""
    try:
        found = media.get_file(viewer().organisation_id, ref)
    except LookupError:
        abort(404)
    response = Response(found.data, content_type=found.content_type)
    response.set_etag(ref)
    # What was checked is what is shown: no browser may guess a type, no page may run in it.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    response.cache_control.private = True
    response.cache_control.max_age = A_YEAR
    response.cache_control.immutable = True
    return response.make_conditional(request, accept_ranges=True, complete_length=len(found.data))
