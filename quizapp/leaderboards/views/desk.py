"""The desk of the boards: profile, freeze and reveal, campaigns."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.forms import Form, Refusal
from quizapp.core.i18n import local
from quizapp.org import service as org
from quizapp.org.rules import COMPANY, PLANT, WORKSHOP, learning_day

from .. import rules, service
from ..forms import CampaignForm, ProfileForm, RevealForm
from .blueprint import bp

MANAGE = Permission.MANAGE_RECOGNITION
MOST_UNITS = 200  # more are too many to look through: workshops are left out then


def _page(refused: Form | None = None, status: int = 200) -> Any:
    """Show the desk; ``refused`` is a form whose errors are to be shown, by its class."""
    person = viewer()
    today = learning_day(clock.now(), person.time_zone)
    kept = service.get_profile(person.organisation_id)
    shown = service.shown_boards(person.organisation_id, today)
    one, two, three = (None, None, None) if kept.is_default else kept.thresholds
    forms: dict[type[Form], Form] = {
        ProfileForm: ProfileForm(
            formdata=None,
            profile=kept.profile,
            listing=kept.listing,
            has_leaders=kept.has_leaders,
            one_star=one,
            two_stars=two,
            three_stars=three,
        ),
        RevealForm: RevealForm(formdata=None, reveals_at=_typed(shown)),
        CampaignForm: CampaignForm(formdata=None, starts_on=today),
    }
    if refused is not None:
        forms[type(refused)] = refused
    page = SimpleNamespace(
        shown=shown,
        defaults=service.default_thresholds(person.organisation_id, today),
        star_sets=rules.STAR_SETS,
        campaigns=service.list_campaigns(person),
        units=_units(),
    )
    return (
        render_template(
            "leaderboards/desk.html",
            page=page,
            profile_form=forms[ProfileForm],
            reveal_form=forms[RevealForm],
            campaign_form=forms[CampaignForm],
        ),
        status,
    )


def _typed(shown: service.Shown | None) -> str | None:
    """Return the moment of the reveal as its field takes it."""
    if shown is None or shown.reveals_at is None:
        return None
    return f"{local(shown.reveals_at):%Y-%m-%dT%H:%M}"


def _units() -> list[org.UnitLine]:
    """Return the units that a campaign may be for, teams not among them."""
    organisation_id = viewer().organisation_id
    units = org.list_units(organisation_id, kinds=(COMPANY, PLANT, WORKSHOP))
    if len(units) > MOST_UNITS:
        units = [unit for unit in units if unit.kind != WORKSHOP]
    return units


def _done(form: Form, act: Callable[[], object], said: str) -> Any:
    """Do what a form asks and say so; or show the desk with what is wrong."""
    if form.validate_on_submit():
        try:
            act()
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(said)
            return redirect(url_for("leaderboards.desk"), 303)
    return _page(form, 422)


@bp.get("/desk")
@allow(MANAGE)
def desk() -> Any:
    """Show how boards are shown, whether they stand still, and the campaigns."""
    return _page()


@bp.post("/desk/profile")
@allow(MANAGE)
def save_profile() -> Any:
    """Set the profile of the boards."""
    form = ProfileForm()

    def act() -> None:
        service.set_profile(
            viewer(),
            service.ProfileChoice(
                profile=form.profile.data or "",
                listing=form.listing.data or "",
                has_leaders=bool(form.has_leaders.data),
                thresholds=form.thresholds(),
            ),
        )

    return _done(form, act, _("Saved. Pages and displays follow within a few seconds."))


@bp.post("/desk/freeze")
@allow(MANAGE)
def freeze() -> Any:
    """Let the boards stand still, or set another moment for their reveal when they do."""
    form = RevealForm()
    shown = service.shown_boards(viewer().organisation_id)
    is_frozen = shown is not None and shown.freeze_id is not None

    def act() -> None:
        moment = form.moment(viewer().time_zone)
        if is_frozen:
            service.schedule_reveal(viewer(), moment)
        else:
            service.freeze_boards(viewer(), moment)

    said = _("The moment of the reveal is saved.")
    return _done(form, act, said if is_frozen else _("The boards stand still. Points go on."))


@bp.post("/desk/reveal")
@allow(MANAGE)
def reveal() -> Any:
    """Let the boards move again."""
    form = RevealForm(formdata=None)
    try:
        service.reveal_boards(viewer())
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form, refusal.status)
    flash(_("The boards are revealed."))
    return redirect(url_for("leaderboards.desk"), 303)


@bp.post("/desk/campaigns")
@allow(MANAGE)
def open_campaign() -> Any:
    """Open a campaign."""
    form = CampaignForm()

    def act() -> None:
        assert form.starts_on.data
        assert form.ends_on.data
        draft = service.CampaignDraft(
            form.title.data or "", form.starts_on.data, form.ends_on.data, form.chosen()
        )
        service.open_campaign(viewer(), draft)

    return _done(form, act, _("The campaign is saved."))


@bp.post("/desk/campaigns/<campaign_id>/end")
@allow(MANAGE)
def end_campaign(campaign_id: str) -> Any:
    """End a campaign with today, or take it away before it begins."""
    try:
        service.end_campaign(viewer(), campaign_id)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("leaderboards.desk"), 303)
    flash(_("The campaign is ended."))
    return redirect(url_for("leaderboards.desk"), 303)
