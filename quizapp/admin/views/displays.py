"""Pages about displays: list, pair, change, unpair."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.boards import service as boards
from quizapp.core.forms import Refusal
from quizapp.core.http import absolute_url

from .. import service
from ..forms import DisplaySettingsForm, PairForm
from .blueprint import bp

MANAGE = Permission.MANAGE_DISPLAYS


def _page(
    *,
    chosen_id: str | None = None,
    pair_form: PairForm | None = None,
    display_form: DisplaySettingsForm | None = None,
    status: int = 200,
) -> Any:
    """Show the displays with one chosen, or the form that pairs another one."""
    units = service.unit_choices(viewer(), MANAGE)
    listed = boards.list_displays(viewer())
    chosen = next((line for line in listed if line.public_id == chosen_id), None)
    if chosen_id and chosen is None:
        abort(404)
    page = SimpleNamespace(
        displays=listed,
        selected=chosen,
        is_adding=chosen is None,
        pair_address=absolute_url("boards.pair"),
    )
    code = request.args.get("code", "")[:20]
    return (
        render_template(
            "admin/displays.html",
            page=page,
            pair_form=pair_form or PairForm(units, formdata=None, code=code),
            display_form=display_form or _settings_of(chosen, units),
        ),
        status,
    )


def _settings_of(
    chosen: boards.DisplayLine | None, units: list[SelectChoice]
) -> DisplaySettingsForm:
    if chosen is None:
        return DisplaySettingsForm(units, formdata=None)
    return DisplaySettingsForm(
        units,
        formdata=None,
        name=chosen.name,
        unit=chosen.unit_public_id,
        distance_m=chosen.distance_m,
        theme=chosen.theme,
        shows=chosen.shows,
        hours=chosen.hours,
    )


@bp.get("/displays")
@allow(MANAGE)
def displays() -> Any:
    """Show the displays of the viewer's scope."""
    return _page(chosen_id=request.args.get("display"))


@bp.post("/displays")
@allow(MANAGE)
def pair_display() -> Any:
    """Pair the display that shows a code."""
    form = PairForm(service.unit_choices(viewer(), MANAGE))
    if form.validate_on_submit():
        try:
            paired = boards.pair(
                viewer(),
                code=form.code.data or "",
                unit_public_id=form.unit.data,
                name=form.name.data or "",
                distance_m=form.distance_m.data,
                theme=form.theme.data,
            )
            flash(_("Paired. The display switches to the board by itself."))
            return redirect(url_for("admin.displays", display=paired))
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(pair_form=form, status=422)


@bp.post("/displays/<display_id>")
@allow(MANAGE)
def change_display(display_id: str) -> Any:
    """Change where a display hangs and how it looks."""
    form = DisplaySettingsForm(service.unit_choices(viewer(), MANAGE))
    if form.validate_on_submit():
        try:
            boards.change_display(
                viewer(),
                display_id,
                name=form.name.data or "",
                unit_public_id=form.unit.data,
                distance_m=form.distance_m.data,
                theme=form.theme.data,
                shows=form.shows.data,
                hours=form.hours.data or "",
            )
            flash(_("Saved."))
            return redirect(url_for("admin.displays", display=display_id))
        except LookupError:
            abort(404)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(chosen_id=display_id, display_form=form, status=422)


@bp.post("/displays/<display_id>/unpair")
@allow(MANAGE)
def revoke_display(display_id: str) -> Any:
    """Unpair a display."""
    try:
        boards.revoke(viewer(), display_id)
    except LookupError:
        abort(404)
    flash(_("Unpaired. The display shows its pairing page again."))
    return redirect(url_for("admin.displays"))
