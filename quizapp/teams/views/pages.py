"""The page of a team: on the phone for its members, on the desk for who leads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http

from .. import service
from ..rules import Week
from .blueprint import bp

READ = Permission.READ_AGGREGATES
BAR_WIDTH = 62  # per cent of its share of the width


@dataclass(frozen=True)
class Bar:
    """A week as a bar: ``height`` 0..100, the others in per cent of the width."""

    week: Week
    is_now: bool
    height: int
    left: float
    width: float
    middle: float


def bars(weeks: list[Week], this_monday: date) -> list[Bar]:
    """Return weeks as bars beside each other; the highest is 100 high."""
    highest = max((week.per_person for week in weeks), default=0) or 1
    share = 100 / max(len(weeks), 4)
    width = share * BAR_WIDTH / 100
    return [
        Bar(
            week=week,
            is_now=week.monday == this_monday,
            height=round(100 * week.per_person / highest),
            left=round(place * share + (share - width) / 2, 2),
            width=round(width, 2),
            middle=round(place * share + share / 2, 2),
        )
        for place, week in enumerate(weeks)
    ]


@bp.get("/ours")
@allow(Permission.TAKE_PART)
def ours() -> Any:
    """Show a member their own team."""
    team = service.get_own_team(viewer())
    if team is None:
        return render_template("teams/none.html")
    place = team.place
    found = service.get_overview(viewer(), team)
    return render_template(
        "teams/ours.html",
        page=found,
        bars=bars(found.weeks, found.this_monday),
        goals=service.list_goals(viewer(), place) if place else service.NO_GOALS,
        own_weeks=service.own_active_weeks(viewer(), place) if place else 0,
        thanks=service.list_shared(viewer()),
        waiting=service.list_unread(viewer()),
        may_lead=service.may_lead(viewer(), team),
    )


@bp.get("/dashboard")
@allow(READ)
def dashboard() -> Any:
    """Show the own team, or the teams of a scope to choose from."""
    own = service.find_led_team(viewer())
    if own and "all" not in request.args and "q" not in request.args:
        return redirect(url_for("teams.show", team_id=own))
    found = service.list_teams(
        viewer(),
        request.args.get("q", ""),
        http.whole_number(request.args.get("page"), 1) or 1,
    )
    if len(found.teams) == 1 and not found.query and found.page == 1:
        return redirect(url_for("teams.show", team_id=found.teams[0].public_id))
    return render_template("teams/choose.html", found=found)


@bp.get("/dashboard/<team_id>")
@allow(READ)
def show(team_id: str) -> Any:
    """Show a team of the scope: its sums, its goals, what can be done this week."""
    try:
        team = service.get_team(viewer(), team_id)
    except LookupError:
        abort(404)
    place = team.place
    found = service.get_overview(viewer(), team)
    return render_template(
        "teams/dashboard.html",
        page=found,
        bars=bars(found.weeks, found.this_monday),
        goals=service.list_goals(viewer(), place) if place else service.NO_GOALS,
        may_lead=service.may_lead(viewer(), team),
        is_own=team.unit.id == viewer().unit_id,
    )
