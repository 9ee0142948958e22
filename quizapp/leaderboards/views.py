"""Pages of the boards: the team board and the rules of the game."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from redis.exceptions import RedisError

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.i18n import chosen_locale
from quizapp.core.redis import store
from quizapp.org.rules import learning_day
from quizapp.points import rules as points_rules

from . import rules, service

bp = Blueprint("leaderboards", __name__, url_prefix="/team")

# The version in its name makes a kept board right; the seconds only bound what the store holds.
BODY_SECONDS = 15
BODY_PLACE = "<!-- board -->"


@dataclass(frozen=True)
class OwnTeam:
    """The viewer's team, with its place on the scale to the next one (0..100)."""

    name: str
    rank: int
    is_tied: bool
    score: int
    next_rank: int | None
    next_score: int | None
    gap: int | None
    position_pct: int
    next_pct: int


@dataclass(frozen=True)
class BracketTab:
    """A bracket to choose."""

    key: str
    label: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class BoardRow:
    """A team on the page."""

    rank: int
    name: str
    workshop: str
    members: int
    score: int
    is_tied: bool
    is_own: bool
    is_first: bool


@dataclass(frozen=True)
class BoardHead:
    """What stands above the team board."""

    season_name: str
    days_left: int


@dataclass(frozen=True)
class BoardPage:
    """The team board as one team sees it: nothing of it depends on the person."""

    own: OwnTeam | None
    brackets: list[BracketTab]
    rows: list[BoardRow]
    neighbours: list[BoardRow]
    as_of: datetime | None
    small_team_note: str | None
    sentence: str  # how the score comes about


def bracket_label(bracket: str) -> str:
    """Return how people read a bracket."""
    return {
        "small": _("5 to 15 people"),
        "middle": _("16 to 40 people"),
        "large": _("41 people and more"),
    }[bracket]


@bp.get("")
@allow(Permission.TAKE_PART)
def board() -> Any:
    """Show the board of a bracket, the viewer's own when none is chosen."""
    today = learning_day(clock.now(), viewer().time_zone)
    asked = request.args.get("bracket", "")
    bracket = asked if asked in points_rules.SHRINKAGE else ""
    state = service.board_state(viewer().organisation_id, today)
    body = _body(state[0].id, state[1], today, bracket) if state else None
    head = None
    if state and body:
        head = BoardHead(state[0].name, max(0, (state[0].ends_on - today).days))
    else:
        body = render_template("leaderboards/_board.html", page=None)
    # Both are finished HTML by now; a comment in the page says where the board belongs.
    return render_template("leaderboards/board.html", page=head).replace(BODY_PLACE, body, 1)


def _body(season_id: int, version: int, today: date, bracket: str) -> str | None:
    """Return the board, drawn once for all of a team and kept until the boards move.

    None when nobody is ranked. Without the store it is drawn for each request.
    """
    about = (today, bracket, viewer().unit_id, chosen_locale(), viewer().time_zone)
    opened = store()
    try:
        kept = opened.client.get(opened.key("board", season_id, version, *about))
    except RedisError:
        kept = None
    if kept:
        return str(kept)
    found = service.get_board(viewer(), bracket or None)
    if found is None:
        return None
    drawn = render_template("leaderboards/_board.html", page=_board_page(found))
    # The boards may have moved since the version was read: what was drawn names its own.
    key = opened.key("board", found.season.id, found.version, *about)
    with suppress(RedisError):
        opened.client.set(key, drawn, ex=BODY_SECONDS)
    return drawn


def _board_page(found: service.BoardView) -> BoardPage:
    own_id = found.own.unit_id if found.own else None
    return BoardPage(
        own=_own(found),
        brackets=[
            BracketTab(
                key=key,
                label=bracket_label(key),
                url=url_for("leaderboards.board", bracket=key),
                is_on=key == found.bracket,
            )
            for key in found.brackets
        ],
        rows=[_row(row, own_id) for row in found.rows],
        neighbours=[_row(row, own_id) for row in found.around],
        as_of=found.as_of,
        small_team_note=(
            _("Your team has fewer than five people; it counts together with its workshop.")
            if found.is_merged
            else None
        ),
        sentence=service.score_sentence(found.season.method),
    )


def _own(found: service.BoardView) -> OwnTeam | None:
    if found.own is None:
        return None
    own = found.own
    return OwnTeam(
        name=own.name,
        rank=own.rank,
        is_tied=own.is_tied,
        score=own.score,
        next_rank=found.next_rank,
        next_score=found.next_score,
        gap=rules.gap_to_next(own.score, found.next_score),
        position_pct=rules.position_on_scale(own.score, found.lowest, found.highest),
        next_pct=rules.position_on_scale(
            found.next_score or own.score, found.lowest, found.highest
        ),
    )


def _row(row: service.Row, own_id: int | None) -> BoardRow:
    return BoardRow(
        rank=row.rank,
        name=row.name,
        workshop=row.workshop,
        members=row.members,
        score=row.score,
        is_tied=row.is_tied,
        is_own=row.unit_id == own_id,
        is_first=row.rank == 1,
    )
