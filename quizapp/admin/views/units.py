"""Pages about units: add, rename, move, close."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.org.service import UnitLine

from .. import service
from ..forms import EditUnitForm, UnitForm
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
