"""Shared goals: setting one, ending one, and putting a celebration away."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from .. import rules, service
from ..forms import GoalForm
from .blueprint import bp

LEAD = Permission.LEAD_TEAM


@bp.get("/goals/<team_id>/new")
@allow(LEAD)
def new_goal(team_id: str) -> Any:
    """Show the form of a goal, with the season's last day as its proposal."""
    team = _team(team_id)
    try:
        place = service.get_place_for_goals(viewer(), team)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(_home(team))
    return _form_page(team, GoalForm(formdata=None, ends_on=place.season.ends_on))


@bp.post("/goals/<team_id>/new")
@allow(LEAD)
def set_goal(team_id: str) -> Any:
    """Set a goal for a team."""
    team, form = _team(team_id), GoalForm()
    if form.validate():
        draft = service.Draft(
            form.kind.data, form.target.data, form.ends_on.data, form.note.data or ""
        )
        try:
            service.set_goal(viewer(), team_id, draft)
            flash(_("The goal stands on the page of the team."))
            return redirect(_home(team), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(team, form)


def _team(team_id: str) -> service.Team:
    try:
        return service.get_led_team(viewer(), team_id)
    except LookupError:
        abort(404)


def _home(team: service.Team) -> str:
    """Return the page that a goal was set from: one's own team, or the desk of another."""
    if team.unit.id == viewer().unit_id and request.args.get("from") != "desk":
        return url_for("teams.ours")
    return url_for("teams.show", team_id=team.unit.public_id)


def _form_page(team: service.Team, form: GoalForm) -> Any:
    return (
        render_template(
            "teams/goal.html",
            form=form,
            team=team,
            back=_home(team),
            most_note=rules.MOST_NOTE,
            today=service.today_of(viewer()),
        ),
        form.status,
    )


@bp.post("/goals/<goal_id>/end")
@allow(LEAD)
def end_goal(goal_id: str) -> Any:
    """End a goal before its time."""
    try:
        unit_id = service.withdraw_goal(viewer(), goal_id)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("teams.dashboard"), 303)
    flash(_("The goal is taken off the page."))
    if request.args.get("from") == "desk":
        return redirect(url_for("teams.show", team_id=unit_id), 303)
    return redirect(url_for("teams.ours"), 303)


@bp.post("/goals/<goal_id>/cheer")
@allow(Permission.TAKE_PART)
def cheer(goal_id: str) -> Any:
    """Put the celebration of a goal away; it does not come again for this person."""
    try:
        service.cheer(viewer(), goal_id)
    except LookupError:
        abort(404)
    return redirect(url_for("teams.ours"), 303)
