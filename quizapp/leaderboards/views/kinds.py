"""Other kinds of boards: of a workshop, of the company, of those that improved."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.org.rules import COMPANY, PLANT
from quizapp.points import rules as points_rules

from .. import service
from . import kept
from .blueprint import bp
from .kept import Tab


@bp.get("/workshop")
@allow(Permission.TAKE_PART)
def workshop() -> Any:
    """Show the teams of the viewer's workshop by name, each with its place in its own bracket."""
    return kept.show("workshop", (viewer().unit_id,), _draw_workshop)


def _draw_workshop(_shown: service.Shown) -> str | None:
    found = service.get_workshop_teams(viewer())
    rows = []
    if found is not None:
        rows = [kept.page_row(row, found.own_id, bracket=name) for name, row in found.rows]
    return render_template("leaderboards/_workshop.html", page=found, rows=rows)


@bp.get("/company")
@allow(Permission.TAKE_PART)
def company() -> Any:
    """Show the first places of each bracket, of the whole company or of one's plant."""
    asked = request.args.get("scope", "")
    scope = asked if asked in (COMPANY, PLANT) else ""
    return kept.show("company", (scope, viewer().unit_id), lambda _shown: _draw_company(scope))


def _draw_company(scope: str) -> str | None:
    found = service.get_company_board(viewer(), scope)
    if found is None:
        return None
    groups = [
        (
            kept.bracket_label(group.bracket),
            group.teams,
            url_for("leaderboards.board", bracket=group.bracket),
            [kept.page_row(row, found.own_id) for row in group.rows],
        )
        for group in found.groups
    ]
    scopes = [
        Tab(
            one.name, url_for("leaderboards.company", scope=one.key or None), one.key == found.scope
        )
        for one in found.scopes
    ]
    return render_template("leaderboards/_company.html", page=found, groups=groups, scopes=scopes)


@bp.get("/improved")
@allow(Permission.TAKE_PART)
def improved() -> Any:
    """Show the teams of a bracket that improved."""
    asked = request.args.get("bracket", "")
    bracket = asked if asked in points_rules.SHRINKAGE else ""
    about = (bracket, viewer().unit_id, service.compared_until(viewer()))
    return kept.show("improved", about, lambda _shown: _draw_improved(bracket))


def _draw_improved(bracket: str) -> str | None:
    found = service.get_improved(viewer(), bracket or None)
    if found is None:
        return None
    tabs = kept.brackets("improved", found.brackets, found.bracket)
    return render_template("leaderboards/_improved.html", page=found, brackets=tabs)
