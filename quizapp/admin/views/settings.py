"""Pages about the organisation itself: name, time zone, logo, season."""

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

from ..forms import LogoForm, SeasonForm, SettingsForm
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
        SeasonForm: SeasonForm(
            formdata=None,
            name=season.name if season else "",
            starts_on=season.starts_on if season else None,
            ends_on=season.ends_on if season else None,
        ),
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
            season_form=forms[SeasonForm],
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


@bp.post("/settings/season")
@allow(MANAGE)
def save_season() -> Any:
    """Open a season, or change the running one."""
    form = SeasonForm()
    if form.validate_on_submit() and form.starts_on.data and form.ends_on.data:
        try:
            points.set_season(
                viewer().id,
                viewer().organisation_id,
                name=form.name.data or "",
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
            )
            return _saved()
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form, 422)


def _saved() -> Any:
    flash(_("Saved."))
    return redirect(url_for("admin.settings"))
