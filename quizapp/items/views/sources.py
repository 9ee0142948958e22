"""The documents that items cite: their editions, and what a new edition leaves to be checked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.core.http import whole_number

from ..service import bulk, sources
from ..service.sources import SourceForm
from .blueprint import bp

FIELDS = ("title", "short", "edition", "url", "articles")


@bp.get("/sources")
@allow(Permission.READ_BANK)
def list_sources() -> Any:
    """Show every document with what cites it."""
    page = SimpleNamespace(
        lines=sources.list_sources(viewer().organisation_id),
        is_writer=viewer().may(Permission.WRITE_ITEMS),
    )
    return render_template("items/sources.html", page=page)


@bp.get("/sources/new")
@allow(Permission.WRITE_ITEMS)
def new_source() -> Any:
    """Show the form for another document."""
    return _page(None, dict.fromkeys(FIELDS, ""))


@bp.get("/sources/<source_id>")
@allow(Permission.READ_BANK)
def source(source_id: str) -> Any:
    """Show a document and the items that were checked against another edition of it."""
    found = _find(source_id)
    return _page(found, {name: getattr(found, name) for name in FIELDS})


def _find(source_id: str) -> sources.SourceLine:
    try:
        return sources.find_source(viewer(), source_id)
    except LookupError:
        abort(404)


def _page(
    found: sources.SourceLine | None, values: dict[str, Any], refusal: Refusal | None = None
) -> Any:
    outdated = sources.list_outdated(viewer().organisation_id, found.id) if found else []
    page = SimpleNamespace(
        found=found,
        values=values,
        outdated=outdated,
        refusal=refusal,
        is_writer=viewer().may(Permission.WRITE_ITEMS),
    )
    return render_template("items/source.html", page=page), refusal.status if refusal else 200


@bp.post("/sources")
@allow(Permission.WRITE_ITEMS)
def save_source() -> Any:
    """Add a document or change one; a new edition lists what is to be checked again."""
    source_id = request.form.get("source_id") or None
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    found = _find(source_id) if source_id else None
    form = SourceForm(
        title=values["title"],
        short=values["short"],
        edition=values["edition"],
        url=values["url"],
        articles=whole_number(values["articles"], 0),
    )
    try:
        saved = sources.save_source(viewer(), source_id, form)
    except Refusal as refusal:
        return _page(found, values, refusal)
    flash(_("Saved."))
    return redirect(url_for("items.source", source_id=saved), 303)


@bp.post("/sources/<source_id>/verified")
@allow(Permission.WRITE_ITEMS)
def verify_again(source_id: str) -> Any:
    """Say of the chosen items that they are right under the edition in force, and submit them."""
    found = _find(source_id)
    chosen = request.form.getlist("item")
    if not chosen:
        raise Refusal(_("Choose at least one question."), status=422)
    result = bulk.verify_again(viewer(), chosen)
    if result.done:
        flash(
            ngettext(
                "%(num)d question is submitted for review.",
                "%(num)d questions are submitted for review.",
                result.done,
            )
        )
    for number, reason in result.left[:3]:
        flash(_("#%(number)s: %(reason)s", number=number, reason=reason), "error")
    return redirect(url_for("items.source", source_id=found.public_id), 303)
