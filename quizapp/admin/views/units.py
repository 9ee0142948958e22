"""Pages about units: add, rename, move, close, merge, split."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts import service as accounts
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.service import UnitLine

from .. import service
from ..forms import EditUnitForm, MergeForm, SplitForm, UnitForm
from .blueprint import bp

MANAGE = Permission.MANAGE_PEOPLE


def _fetch(unit_id: str) -> UnitLine:
    try:
        return service.get_unit(viewer(), unit_id)
    except LookupError:
        abort(404)


@bp.route("/units/add", methods=["GET", "POST"])
@allow(MANAGE)
def add_unit() -> Any:
    """Create a unit below another one."""
    form = UnitForm(parent=request.args.get("parent"))
    form.parent.choices = service.unit_choices(viewer(), MANAGE)
    if form.validate_on_submit():
        try:
            added = service.add_unit(
                viewer(),
                parent=form.parent.data,
                kind=form.kind.data,
                name=form.name.data or "",
                code=form.code.data or "",
            )
            flash(_("%(name)s is added.", name=form.name.data))
            return redirect(url_for("admin.people", unit=added))
        except Refusal as refusal:
            form.refuse(refusal)
    page = SimpleNamespace(
        is_new=True,
        can_close=False,
        back_url=url_for("admin.people", unit=request.args.get("parent")),
        back_label=_("People and units"),
    )
    return render_template("admin/unit_form.html", page=page, form=form), form.status


@bp.route("/units/<unit_id>/edit", methods=["GET", "POST"])
@allow(MANAGE)
def edit_unit(unit_id: str) -> Any:
    """Rename a unit, or hang it elsewhere."""
    unit = _fetch(unit_id)
    scope = service.units_in_scope(viewer(), MANAGE)
    above = next((line.public_id for line in scope if line.id == unit.parent_id), "")
    form = EditUnitForm(name=unit.name, parent=above)
    form.parent.choices = (
        service.unit_choices(viewer(), MANAGE) if above else [SelectChoice("", "—")]
    )
    if form.validate_on_submit():
        try:
            service.change_unit(
                viewer(), unit_id, name=form.name.data or "", parent=form.parent.data or None
            )
            flash(_("Saved."))
            return redirect(url_for("admin.people", unit=unit_id))
        except Refusal as refusal:
            form.refuse(refusal)
    page = SimpleNamespace(
        is_new=False,
        unit_id=unit_id,
        can_close=bool(above),
        history=org.list_history(unit.id),
        back_url=url_for("admin.people", unit=unit_id),
        back_label=unit.name,
    )
    return render_template("admin/unit_form.html", page=page, form=form), form.status


@bp.post("/units/<unit_id>/close")
@allow(MANAGE)
def close_unit(unit_id: str) -> Any:
    """Close an empty unit."""
    unit = _fetch(unit_id)
    service.close_unit(viewer(), unit_id)
    flash(_("%(name)s is closed.", name=unit.name))
    return redirect(url_for("admin.people"))


@bp.route("/units/<unit_id>/merge", methods=["GET", "POST"])
@allow(MANAGE)
def merge_unit(unit_id: str) -> Any:
    """Merge a unit into another one of its kind: its people move on a day."""
    unit = _fetch(unit_id)
    form = MergeForm(since=org.today(viewer().organisation_id))
    form.into.choices = [
        SelectChoice(line.public_id, line.name)
        for line in service.units_in_scope(viewer(), MANAGE)
        if line.kind == unit.kind and line.id != unit.id
    ]
    if form.validate_on_submit() and form.since.data:
        try:
            service.merge_unit(viewer(), unit_id, into=form.into.data, since=form.since.data)
            flash(_("%(name)s is merged. Its history stays.", name=unit.name))
            return redirect(url_for("admin.people", unit=form.into.data))
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("admin/unit_merge.html", unit=unit, form=form), form.status


@bp.route("/units/<unit_id>/split", methods=["GET", "POST"])
@allow(MANAGE)
def split_unit(unit_id: str) -> Any:
    """Move chosen people of a unit into a new one beside it."""
    unit = _fetch(unit_id)
    form = SplitForm(since=org.today(viewer().organisation_id))
    if form.validate_on_submit() and form.since.data:
        try:
            made = service.split_unit(
                viewer(),
                unit_id,
                name=form.name.data or "",
                code=form.code.data or "",
                people=form.people.data or [],
                since=form.since.data,
            )
            flash(_("%(name)s is added.", name=form.name.data))
            return redirect(url_for("admin.people", unit=made))
        except Refusal as refusal:
            form.refuse(refusal)
    members = accounts.list_members(viewer(), unit_id)
    return (
        render_template("admin/unit_split.html", unit=unit, form=form, members=members),
        form.status,
    )
