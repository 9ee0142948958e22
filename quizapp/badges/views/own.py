"""One's own badges: the list, a page of each, showing it, and files to take along."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import segno
from flask import abort, redirect, render_template, request, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal

from .. import service
from ..service import own
from .blueprint import bp

TAKE_PART = Permission.TAKE_PART


@bp.get("")
@allow(TAKE_PART)
def mine() -> Any:
    """Show the viewer's badges, and those that can be earned."""
    return render_template("badges/mine.html", shelf=service.get_shelf(viewer()))


@bp.get("/mine/<award_id>")
@allow(TAKE_PART)
def award(award_id: str) -> Any:
    """Show one of the viewer's badges."""
    return _award_page(award_id)


def _award_page(award_id: str, note: str = "") -> Any:
    try:
        found = own.get_award(viewer(), award_id)
    except LookupError:
        abort(404)
    link = qr = ""
    if found.share_token:
        link = http.absolute_url("badges.shown", token=found.share_token)
        qr = segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#16202B")
    page = SimpleNamespace(award=found, link=link, qr=qr, note=note)
    return render_template("badges/award.html", page=page)


@bp.post("/mine/<award_id>/share")
@allow(TAKE_PART)
def share(award_id: str) -> Any:
    """Show one of the viewer's badges to whoever has its link, or to nobody any more."""
    try:
        own.share(viewer(), award_id, shows=request.form.get("shows") == "1")
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _award_page(award_id, refusal.message), refusal.status
    return redirect(url_for("badges.award", award_id=award_id), 303)


@bp.post("/mine/<award_id>/seen")
@allow(TAKE_PART)
def see_notice(award_id: str) -> Any:
    """Note that the viewer has read what became of a badge."""
    try:
        own.see_notice(viewer(), award_id)
    except LookupError:
        abort(404)
    return redirect(url_for("badges.award", award_id=award_id), 303)


@bp.get("/mine/<award_id>/credential.jwt")
@allow(TAKE_PART)
def credential(award_id: str) -> Any:
    """Send one of the viewer's badges as a signed credential."""
    try:
        name, signed = own.get_credential(viewer(), award_id)
    except LookupError:
        abort(404)
    return http.attachment(signed.encode(), "application/jwt", f"{name}.jwt")


@bp.get("/mine/<award_id>/badge.svg")
@allow(TAKE_PART)
def picture(award_id: str) -> Any:
    """Send one of the viewer's badges as a picture with the credential inside."""
    try:
        name, drawn = own.get_picture(viewer(), award_id)
    except LookupError:
        abort(404)
    return http.attachment(drawn, "image/svg+xml", f"{name}.svg")
