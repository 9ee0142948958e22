"""Pages about the organisation itself: name, time zone, logo."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Form, Refusal
from quizapp.org import service as org
from quizapp.points import service as points

from ..forms import LogoForm, SettingsForm
from .blueprint import bp

MANAGE = Permission.MANAGE_SETTINGS


def _page(refused: Form | None = None, status: int = 200) -> Any:
    """Show the settings; ``refused`` is a form whose errors are to be shown, by its class."""
    organisation = org.get_organisation(viewer().organisation_id)
    season = points.latest_season(organisation.id)
    forms: dict[type[Form], Form] = {
        SettingsForm: SettingsForm(
            formdata=None, name=organisation.name, time_zone=organisation.time_zone
        ),
        LogoForm: LogoForm(formdata=None),
    }
    if refused is not None:
        forms[type(refused)] = refused
    page = SimpleNamespace(
        logo_url=(
            url_for("accounts.logo", organisation_id=organisation.public_id)
            if organisation.logo
            else None
        ),
        season=season,
    )
    return (
        render_template(
            "admin/settings.html",
            page=page,
            settings_form=forms[SettingsForm],
            logo_form=forms[LogoForm],
        ),
        status,
    )


@bp.get("/settings")
@allow(MANAGE)
def settings() -> Any:
    """Show the settings."""
    return _page()


@bp.post("/settings")
@allow(MANAGE)
def save_settings() -> Any:
    """Save name and time zone."""
    form = SettingsForm()
    if form.validate_on_submit():
        try:
            org.change_settings(
                viewer().id,
                viewer().organisation_id,
                name=form.name.data or "",
                time_zone=form.time_zone.data or "",
            )
            return _saved()
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, 422)


@bp.post("/settings/logo")
@allow(MANAGE)
def save_logo() -> Any:
    """Save the logo."""
    form = LogoForm()
    if form.validate_on_submit():
        try:
            org.change_logo(viewer().id, viewer().organisation_id, form.logo.data.read())
            return _saved()
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, 422)


def _saved() -> Any:
    flash(_("Saved."))
    return redirect(url_for("admin.settings"))
