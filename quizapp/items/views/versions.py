"""An item with its papers and versions: reading it, comparing, taking an old wording up, paper."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank.items.building import build
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.review import service as review

from .. import wording
from ..service import bulk, editing, reviewed, sources, topics, versions
from ..service.approving import SUBJECT
from ..service.editing import EditSheet
from .blueprint import bp


def _sheet(item_id: str) -> EditSheet:
    try:
        return editing.get_sheet(viewer(), item_id)
    except LookupError:
        abort(404)


@bp.get("/<item_id>")
@allow(Permission.READ_BANK)
def show(item_id: str) -> Any:
    """Show an item: its newest wording with the key, its passport, who signed, its versions."""
    sheet = _sheet(item_id)
    organisation_id = viewer().organisation_id
    lines = topics.list_topics(organisation_id, is_counted=False)
    passport = sheet.wording.passport
    page = SimpleNamespace(
        sheet=sheet,
        draft=sheet.wording.draft,
        passport=passport,
        topic=next((one.path for one in lines if one.id == passport.topic_id), ""),
        source_line=sources.get_source(organisation_id, passport.source_id),
        kinds=wording.kind_names(),
        states=wording.state_names(),
        versions=versions.list_versions(viewer(), item_id),
        history=review.history(SUBJECT, sheet.item_id or 0),
        is_writer=viewer().may(Permission.WRITE_ITEMS),
        is_final=viewer().may(Permission.REVIEW_FINAL),
        here=url_for("items.show", item_id=item_id),
    )
    return render_template("items/show.html", page=page)


@bp.get("/<item_id>/versions/<int:number>")
@allow(Permission.READ_BANK)
def compare(item_id: str, number: int) -> Any:
    """Show a version beside the one before it, or beside the one that is named."""
    sheet = _sheet(item_id)
    other = request.args.get("with", type=int) or number - 1
    try:
        after = versions.get_version(viewer(), item_id, number)
        before = versions.get_version(viewer(), item_id, other) if other else None
    except LookupError:
        abort(404)
    page = SimpleNamespace(
        sheet=sheet,
        before=before,
        after=after,
        rows=reviewed.compare(before, after),
        versions=versions.list_versions(viewer(), item_id),
        is_writer=viewer().may(Permission.WRITE_ITEMS),
    )
    return render_template("items/compare.html", page=page)


@bp.post("/<item_id>/versions/<int:number>/take")
@allow(Permission.WRITE_ITEMS)
def take_version(item_id: str, number: int) -> Any:
    """Make an old version the draft of the next one."""
    try:
        editing.restore_version(viewer(), item_id, number)
    except LookupError:
        abort(404)
    flash(_("Version %(n)s is the draft now. Submit it for review when it is right.", n=number))
    return redirect(url_for("items.edit", item_id=item_id), 303)


@bp.post("/<item_id>/duplicate")
@allow(Permission.WRITE_ITEMS)
def duplicate(item_id: str) -> Any:
    """Make a new draft with the same wording."""
    try:
        saved = editing.duplicate(viewer(), item_id)
    except LookupError:
        abort(404)
    flash(_("This is a copy: #%(number)s.", number=saved.number))
    return redirect(url_for("items.edit", item_id=saved.public_id), 303)


@bp.post("/<item_id>/discard")
@allow(Permission.WRITE_ITEMS)
def discard_draft(item_id: str) -> Any:
    """Throw the draft of the next wording away."""
    try:
        editing.discard_draft(viewer(), item_id)
    except LookupError:
        abort(404)
    flash(_("The draft is gone; the last version stands."))
    return redirect(url_for("items.show", item_id=item_id), 303)


@bp.post("/<item_id>/take-back")
@allow(Permission.WRITE_ITEMS)
def take_back(item_id: str) -> Any:
    """Take one's own wording back from review, to go on writing."""
    sheet = _sheet(item_id)
    newest = next(iter(versions.list_versions(viewer(), item_id)), None)
    case = review.find_case(SUBJECT, newest.id) if newest else None
    if case is None or not sheet.is_locked:
        abort(409)
    review.cancel(viewer(), case)
    flash(_("Taken back. It is a draft again."))
    return redirect(url_for("items.edit", item_id=item_id), 303)


@bp.post("/<item_id>/bin")
@allow(Permission.WRITE_ITEMS)
def bin_item(item_id: str) -> Any:
    """Put an item in the bin, or take it out again."""
    act = bulk.bring_back if request.form.get("act") == "restore" else bulk.put_away
    result = act(viewer(), [item_id])
    if not (result.done or result.left):
        abort(404)
    for _number, reason in result.left:
        flash(reason, "error")
    if result.done and result.act == "delete":
        flash(_("It is in the bin. It can be put back from there."))
        return redirect(url_for("items.bank", undo=result.undo), 303)
    if result.done:
        flash(_("It is back."))
    return redirect(url_for("items.show", item_id=item_id), 303)


@bp.get("/paper")
@allow(Permission.READ_BANK)
def paper() -> Any:
    """Show chosen items as a sheet to print, with the answers on a page of their own or without."""
    sheets = [_sheet(item_id) for item_id in request.args.getlist("item")[:60]]
    items = [build(sheet.wording.draft, sheet.public_id).item for sheet in sheets]
    page = SimpleNamespace(
        prompts=[(item.prompt(0), item) for item in items if item is not None],
        left=[sheet.number for sheet, item in zip(sheets, items, strict=True) if item is None],
        has_key=request.args.get("key") != "no",
        item_ids=[sheet.public_id for sheet in sheets],
    )
    return render_template("items/paper.html", page=page)
