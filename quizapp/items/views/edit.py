"""Writing an item: the form, saving as it is typed, the preview, handing it in."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank import formats
from question_bank.items import KINDS, PART_KINDS
from question_bank.items.draft import Draft
from question_bank.items.media import Media
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal
from quizapp.core.i18n import format_clock
from quizapp.core.security import takes_upload
from quizapp.review import service as review

from .. import wording
from ..forms.writing import read_draft, read_passport
from ..service import contents, editing, media, previewing, sources, submitting, topics, vetting
from ..service.approving import SUBJECT
from ..service.contents import Wording
from ..service.editing import Conflict, EditSheet, Saved
from .blueprint import bp

AUTOSAVE = "autosave"


@bp.get("/new")
@allow(Permission.WRITE_ITEMS)
def new_item() -> Any:
    """Show an empty form for an item of the kind that is asked for."""
    kind = request.args.get("kind", "single")
    return _page(editing.blank_sheet(viewer(), kind if kind in KINDS else "single"))


@bp.post("/new")
@allow(Permission.WRITE_ITEMS)
@takes_upload(megabytes=21)
def add_item() -> Any:
    """Store a new item under the name that its form was given."""
    return _receive(request.form.get("item_id", "")[:24], is_new=True)


@bp.get("/<item_id>/edit")
@allow(Permission.WRITE_ITEMS)
def edit(item_id: str) -> Any:
    """Show the form with the next wording of an item."""
    return _page(_sheet(item_id))


@bp.post("/<item_id>/edit")
@allow(Permission.WRITE_ITEMS)
@takes_upload(megabytes=21)
def save_item(item_id: str) -> Any:
    """Save the next wording of an item, and do what the pressed button says."""
    return _receive(item_id, is_new=False)


def _sheet(item_id: str) -> EditSheet:
    try:
        return editing.get_sheet(viewer(), item_id)
    except LookupError:
        abort(404)


def _read() -> Wording:
    """Return what the form holds."""
    organisation_id = viewer().organisation_id
    kind = request.form.get("kind", "")
    passport = read_passport(
        request.form,
        topics.list_topics(organisation_id, is_counted=False),
        sources.names_of_sources(organisation_id),
    )
    return Wording(read_draft(request.form, kind if kind in KINDS else "single"), passport)


def _receive(item_id: str, *, is_new: bool) -> Any:
    """Save what was sent, then act; a refusal shows the form again with everything in it."""
    act = request.form.get("do", "save")
    written = _read()
    try:
        written = _acted_on(written, act)
        saved = _save(item_id, written, act, is_new=is_new)
        if act == AUTOSAVE:
            return _autosaved(saved, written)
        return _after(saved, act)
    except LookupError:
        abort(404)
    except Conflict as conflict:
        if act == AUTOSAVE:
            return jsonify(error=_("Saved by %(name)s", name=conflict.theirs.editor)), 409
        return _conflict_page(conflict, written)
    except Refusal as refusal:
        if act == AUTOSAVE:
            return jsonify(error=refusal.message), refusal.status
        return _refused(item_id, written, refusal, is_new=is_new)


def _save(item_id: str, written: Wording, act: str, *, is_new: bool) -> Saved:
    if how := request.form.get("settle"):
        return editing.settle(viewer(), item_id, written, how)
    is_final = act != AUTOSAVE
    if is_new:
        return editing.create(viewer(), item_id, written, is_final=is_final)
    revision = http.whole_number(request.form.get("revision"), 0)
    return editing.save(viewer(), item_id, written, revision=revision, is_final=is_final)


def _acted_on(written: Wording, act: str) -> Wording:
    """Change a wording as a button says that changes it; raise Refusal when that is impossible."""
    draft = written.draft
    if act == "kind":
        kind = request.form.get("new_kind", "")
        draft = previewing.turned_into(draft, kind if kind in KINDS else draft.kind)
    elif act == "add_part":
        kind = request.form.get("part_kind", "")
        added = contents.empty_draft(kind if kind in PART_KINDS else "single")
        draft = replace(draft, parts=(*draft.parts, replace(added, stem=_("New question"))))
    elif act.startswith("drop_part:"):
        dropped = http.whole_number(act.partition(":")[2], -1)
        kept = tuple(part for place, part in enumerate(draft.parts) if place != dropped)
        draft = replace(draft, parts=kept)
    elif act == "upload":
        draft = _with_upload(draft)
    elif act.startswith("drop_media:"):
        dropped = http.whole_number(act.partition(":")[2], -1)
        shown = tuple(one for place, one in enumerate(draft.media) if place != dropped)
        draft = replace(draft, media=shown)
    elif act == "paste":
        draft = _pasted(draft)
    return replace(written, draft=draft)


def _with_upload(draft: Draft) -> Draft:
    upload = request.files.get("media_file")
    if not upload:
        raise Refusal(_("Choose a file."), status=422, field="media")
    data, name = upload.read(), upload.filename or ""
    if name.lower().endswith((".vtt", ".srt")):
        return _with_captions(draft, data, name)
    kept = media.keep(viewer(), data, name)
    if draft.kind == "hotspot" and kept.kind == "image" and not draft.image:
        return replace(draft, image=kept.ref, media=(*draft.media, kept))
    return replace(draft, media=(*draft.media, kept))


def _with_captions(draft: Draft, data: bytes, name: str) -> Draft:
    """Give captions to the last film that has none."""
    ref = media.keep_captions(viewer(), data, name)
    shown: list[Media] = list(draft.media)
    for place in reversed(range(len(shown))):
        if shown[place].kind == "video" and not shown[place].captions:
            shown[place] = replace(shown[place], captions=ref)
            return replace(draft, media=tuple(shown))
    raise Refusal(_("Captions belong to a film: upload the film first."), status=422)


def _pasted(draft: Draft) -> Draft:
    """Return the question that was pasted as text, in place of the one in the form."""
    text = request.form.get("pasted", "")
    reading = formats.read(text.encode("utf-8"), "pasted.txt", "plain")
    if not reading.questions:
        raise Refusal(_("No question was found in the pasted text."), status=422, field="pasted")
    if len(reading.questions) > 1:
        flash(_("Only the first question was taken; “Import” takes them all."))
    return replace(reading.questions[0].draft, media=draft.media)


def _after(saved: Saved, act: str) -> Any:
    if act != "submit":
        flash(_("Saved."))
        return redirect(url_for("items.edit", item_id=saved.public_id), 303)
    submitting.submit(
        viewer(),
        saved.public_id,
        note=request.form.get("note", ""),
        is_typo=request.form.get("is_typo") == "1",
        correction=request.form.get("correction", ""),
    )
    flash(_("#%(number)s is submitted for review.", number=saved.number))
    return redirect(url_for("items.show", item_id=saved.public_id), 303)


def _autosaved(saved: Saved, written: Wording) -> Any:
    checks = vetting.check_wording(viewer(), written, item_id=saved.number)
    return jsonify(
        revision=saved.revision,
        number=saved.number,
        saved=_("Saved %(time)s", time=format_clock(saved.saved_at)),
        url=url_for("items.edit", item_id=saved.public_id),
        checks=render_template("items/_checks.html", checks=checks),
    )


def _refused(item_id: str, written: Wording, refusal: Refusal, *, is_new: bool) -> Any:
    """Show the form again: the wording is as it was typed, whatever of it is stored."""
    try:
        sheet = editing.get_sheet(viewer(), item_id)
    except LookupError:
        if not is_new:
            abort(404)
        sheet = replace(editing.blank_sheet(viewer(), written.draft.kind), public_id=item_id)
    return _page(replace(sheet, wording=written), refusal=refusal)


def _conflict_page(conflict: Conflict, written: Wording) -> Any:
    page = SimpleNamespace(
        mine=written,
        theirs=conflict.theirs,
        rows=previewing.rows_between(conflict.theirs.wording, written),
        fields=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "do", "settle")
        ],
    )
    return render_template("items/conflict.html", page=page), 409


def _page(sheet: EditSheet, *, refusal: Refusal | None = None) -> Any:
    organisation_id = viewer().organisation_id
    tree = topics.list_topics(organisation_id, is_counted=False)
    cited = sources.names_of_sources(organisation_id)
    passport = sheet.wording.passport
    is_known = sheet.number is not None
    page = SimpleNamespace(
        sheet=sheet,
        draft=sheet.wording.draft,
        passport=passport,
        topic=_name_of(tree, passport.topic_id, "path") or passport.topic_text,
        source=_name_of(cited, passport.source_id, "short") or passport.source_text,
        source_line=next((one for one in cited if one.id == passport.source_id), None),
        topics=tree,
        sources=cited,
        kinds=wording.kind_names(),
        part_kinds=PART_KINDS,
        states=wording.state_names(),
        # Of an empty page everything is missing, which its author knows.
        checks=vetting.check_wording(viewer(), sheet.wording, item_id=sheet.item_id)
        if is_known or refusal
        else [],
        history=review.history(SUBJECT, sheet.item_id) if sheet.item_id else [],
        refusal=refusal,
        reasons=getattr(refusal, "reasons", ()),
        action=url_for("items.save_item", item_id=sheet.public_id)
        if is_known
        else url_for("items.add_item"),
        is_live=sheet.status == "approved",
        is_correction=request.args.get("reason") == "key",
    )
    return render_template("items/edit.html", page=page), refusal.status if refusal else 200


def _name_of(lines: Any, row_id: int | None, field: str) -> str:
    return next((str(getattr(line, field)) for line in lines if line.id == row_id), "")


@bp.get("/preview")
@allow(Permission.WRITE_ITEMS)
def preview_page() -> Any:
    """Show a phone with a wording on it, to be framed by the edit page and by no other site."""
    item_id = request.args.get("item", "")
    draft = _sheet(item_id).wording.draft if item_id else Draft("single")
    page = render_template(
        "items/preview.html",
        shown=previewing.preview(draft),
        is_large=request.args.get("type") == "large",
    )
    headers = {
        "X-Frame-Options": "SAMEORIGIN",
        "Content-Security-Policy": previewing.POLICY,
    }
    return page, 200, headers


@bp.post("/preview")
@allow(Permission.WRITE_ITEMS)
@takes_upload(megabytes=21)
def preview() -> Any:
    """Answer with the question of a form as a phone shows it; nothing is stored."""
    kind = request.form.get("kind", "")
    draft = read_draft(request.form, kind if kind in KINDS else "single")
    return render_template("items/_preview.html", shown=previewing.preview(draft))
