"""Pages of closed seasons, for everybody: the list, a season's boards, its sheet of honours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import format_date

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.i18n import local

from . import service
from .service.past import LIGHT
from .views import bracket_label

bp = Blueprint("seasons", __name__, url_prefix="/team/seasons")


@dataclass(frozen=True)
class Tab:
    """A bracket to choose."""

    label: str
    url: str
    is_on: bool


@bp.get("")
@allow(Permission.TAKE_PART)
def past() -> Any:
    """Show the seasons that are closed, with the place of the viewer's team in each."""
    return render_template(
        "leaderboards/seasons.html",
        seasons=service.list_past(viewer()),
        is_light=service.profile_of(viewer().organisation_id) == LIGHT,
    )


@bp.get("/<season_id>")
@allow(Permission.TAKE_PART)
def season(season_id: str) -> Any:
    """Show the boards of a closed season."""
    try:
        found = service.get_past(viewer(), season_id, request.args.get("bracket"))
    except LookupError:
        abort(404)
    tabs = [
        Tab(
            label=bracket_label(key),
            url=url_for("seasons.season", season_id=season_id, bracket=key),
            is_on=key == found.bracket,
        )
        for key in found.brackets
    ]
    return render_template(
        "leaderboards/season.html",
        page=found,
        tabs=tabs,
        days=_days(found.season.starts_on, found.season.ends_on),
        is_light=found.profile == LIGHT,
        sentence=service.score_sentence(found.method),
    )


@bp.get("/<season_id>/sheet")
@allow(Permission.TAKE_PART)
def sheet(season_id: str) -> Any:
    """Show the sheet of honours of a closed season, to be printed on A4."""
    try:
        boards = service.get_final(viewer(), season_id)
    except LookupError:
        abort(404)
    return render_template(
        "leaderboards/sheet.html",
        boards=boards,
        days=_days(boards.starts_on, boards.ends_on),
        closed_on=format_date(local(boards.closed_at).date(), "long"),
        labels={bracket.bracket: bracket_label(bracket.bracket) for bracket in boards.brackets},
        is_light=service.profile_of(viewer().organisation_id) == LIGHT,
    )


def _days(first: date, last: date) -> str:
    """Return the days of a season as people read them on paper."""
    return f"{format_date(first, 'long')} – {format_date(last, 'long')}"
