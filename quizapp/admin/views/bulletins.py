"""Pages about what is written on walls: the list, writing, changing, taking down."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.boards import rules
from quizapp.boards import service as boards
from quizapp.core import clock
from quizapp.core.forms import Refusal
from quizapp.core.http import whole_number
from quizapp.core.i18n import local

from ..forms.displays import BulletinForm
from .blueprint import bp

MANAGE = Permission.MANAGE_DISPLAYS


@dataclass(frozen=True)
class BulletinsPage:
    """The list of what is written."""

    found: boards.BulletinList
    kind: str
    is_past: bool
    number: int


@dataclass(frozen=True)
class BulletinPage:
    """The form of one bulletin; ``line`` None: a new one."""

    kind: str
    line: boards.BulletinLine | None
    units: list[boards.UnitChoice]
    people: list[boards.PersonChoice]
    lengths: dict[str, int]


@bp.get("/bulletins")
@allow(MANAGE)
def bulletins() -> Any:
    """Show what is written on walls of the viewer's scope."""
    kind, number = request.args.get("kind", ""), whole_number(request.args.get("n"), 1)
    is_past = request.args.get("past") == "1"
    found = boards.list_bulletins(viewer(), kind=kind, past=is_past, number=max(1, number))
    page = BulletinsPage(found, kind, is_past, max(1, number))
    return render_template("admin/bulletins.html", page=page)


def _kind(kind: str) -> str:
    return kind if kind in rules.KINDS else abort(404)


def _form_page(
    form: BulletinForm, kind: str, line: boards.BulletinLine | None, status: int = 200
) -> Any:
    chosen = [*(form.units.data or ()), *([form.team.data] if form.team.data else [])]
    units = boards.list_units(viewer(), form.find.data or "", chosen)
    form.offer(units, local(clock.now()).date())
    page = BulletinPage(
        kind=kind,
        line=line,
        units=units,
        people=boards.find_people(viewer(), form.find.data or "") if kind == rules.CITATION else [],
        lengths={"title": rules.TITLE[kind], "text": rules.TEXT[kind], "fact": rules.FACT},
    )
    return render_template("admin/bulletin.html", page=page, form=form), status


@bp.get("/bulletins/new/<kind>")
@allow(MANAGE)
def new_bulletin(kind: str) -> Any:
    """Show the form of something new."""
    return _form_page(BulletinForm(formdata=None), _kind(kind), None)


@bp.post("/bulletins/new/<kind>")
@allow(MANAGE)
def write_bulletin(kind: str) -> Any:
    """Write something on walls."""
    form = BulletinForm()
    if request.form.get("search"):
        return _form_page(form, _kind(kind), None)
    if form.validate_on_submit():
        try:
            boards.write_bulletin(viewer(), form.draft(_kind(kind)))
            flash(_said(form, kind))
            return redirect(url_for("admin.bulletins"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, _kind(kind), None, 422)


def _said(form: BulletinForm, kind: str) -> str:
    if kind == rules.CITATION and form.person.data:
        return _("The person is asked now. Nothing is shown before they agree.")
    return _("Saved. The walls show it within seconds.")


@bp.get("/bulletins/<bulletin_id>")
@allow(MANAGE)
def bulletin(bulletin_id: str) -> Any:
    """Show one bulletin, to be changed."""
    line, draft = _found(bulletin_id)
    return _form_page(BulletinForm(formdata=None, **asdict(draft)), line.kind, line)


def _found(bulletin_id: str) -> tuple[boards.BulletinLine, boards.Draft]:
    try:
        return boards.get_bulletin(viewer(), bulletin_id)
    except LookupError:
        abort(404)


@bp.post("/bulletins/<bulletin_id>")
@allow(MANAGE)
def change_bulletin(bulletin_id: str) -> Any:
    """Change a bulletin."""
    line, _draft = _found(bulletin_id)
    form = BulletinForm()
    if request.form.get("search"):
        return _form_page(form, line.kind, line)
    if form.validate_on_submit():
        try:
            boards.change_bulletin(viewer(), bulletin_id, form.draft(line.kind))
            flash(_said(form, line.kind))
            return redirect(url_for("admin.bulletins"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, line.kind, line, 422)


@bp.post("/bulletins/<bulletin_id>/down")
@allow(MANAGE)
def take_down(bulletin_id: str) -> Any:
    """Take a bulletin off all walls."""
    try:
        boards.take_down(viewer(), bulletin_id)
    except LookupError:
        abort(404)
    flash(_("Taken down. Within seconds no wall shows it any more."))
    return redirect(url_for("admin.bulletins"), 303)
