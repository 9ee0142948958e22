"""What the team board of a wall is: a small JSON document, kept in the store and published."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy import select

from quizapp.core import sse
from quizapp.core.db import db
from quizapp.core.redis import store
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import Row, WorkshopBoard
from quizapp.org import service as org

from ..models import Display
from .editions import edition_of

LIGHT = "light"
KEPT_SECONDS = 24 * 3600


def channel(unit_id: int) -> str:
    """Return the channel on which the board of a unit's walls is published."""
    return f"wall:{unit_id}"


def current_state(organisation_id: int, unit_id: int) -> dict[str, Any]:
    """Return the board of a wall: from the store, else built from the standings and kept.

    What is kept counts only with the version the standings have: a store that was away while a
    board moved has missed it.
    """
    newest = leaderboards.board_state(organisation_id)
    opened = store()
    try:
        kept = opened.client.get(opened.key("wall", unit_id))
        state: dict[str, Any] = json.loads(str(kept)) if kept else {}
        if newest and state.get("v") == newest[1]:
            return state
    except RedisError:
        return wall_state(organisation_id, unit_id)
    built = wall_state(organisation_id, unit_id)
    _keep({unit_id: built})
    return built


def _keep(states: dict[int, dict[str, Any]]) -> None:
    opened = store()
    try:
        with opened.client.pipeline(transaction=False) as kept:
            for unit_id, state in states.items():
                kept.set(opened.key("wall", unit_id), sse.compact(state), ex=KEPT_SECONDS)
            kept.execute()
    except RedisError:
        return


def publish_season(organisation_id: int) -> int:
    """Send every wall of an organisation its new board; return to how many units it went.

    Each message names the edition of the bulletins too: a wall that missed one asks for it.
    """
    units = db.session.scalars(
        select(Display.unit_id)
        .where(Display.organisation_id == organisation_id, Display.revoked_at.is_(None))
        .distinct()
    ).all()
    if not units:
        return 0
    edition = edition_of(organisation_id)
    zone = org.get_organisation(organisation_id).time_zone
    boards = leaderboards.get_workshop_boards(organisation_id, units)
    with force_locale("zh_CN"):
        states = {unit_id: _state(board, zone) for unit_id, board in boards.items()}
    _keep(states)
    sse.publish_many(
        {channel(unit_id): {**state, "n": edition} for unit_id, state in states.items()}
    )
    return len(units)


def wall_state(organisation_id: int, unit_id: int) -> dict[str, Any]:
    """Build the board of a wall: short names and numbers only, at most 2 KB. Always in Chinese.

    Rows are ``[rank, name, places climbed since yesterday or null, score, 1 when own]``; own rows
    ``[rank, name, climbed, score, next rank, points missing]``. In the light profile, which knows
    neither ranks nor scores, the rank is 0 and the stars stand in place of the score.
    """
    board = leaderboards.get_workshop_board(organisation_id, unit_id)
    zone = org.get_organisation(organisation_id).time_zone
    with force_locale("zh_CN"):
        return _state(board, zone)


def _state(board: WorkshopBoard | None, zone: str) -> dict[str, Any]:
    if board is None:
        return {
            "v": 0,
            "title": _("Team board"),
            "scope": "",
            "rule": "",
            "as_of": None,
            "clock": None,
            "rows": [],
            "own": [],
            "note": _("The board begins with the first finished quiz of a season."),
        }
    is_light = board.profile == LIGHT
    shown = board.frozen_at or board.as_of
    return {
        "v": board.version,
        **(_light_words(board) if is_light else _words(board)),
        "as_of": shown.isoformat(timespec="seconds"),
        "clock": f"{shown.astimezone(ZoneInfo(zone)):%H:%M}",
        "rows": [
            [*_figures(row, is_light=is_light), int(row.unit_id in board.own_ids)]
            for row in board.rows
        ],
        "own": [
            [*_figures(row, is_light=is_light), *((None, None) if is_light else (next_rank, gap))]
            for row, next_rank, gap in board.own
        ],
        "note": _("The board stands still until it is revealed") if board.frozen_at else None,
    }


def _words(board: WorkshopBoard) -> dict[str, Any]:
    return {
        "title": _("Team board, %(season)s", season=board.season.name),
        "scope": _scope(board.bracket),
        "teams": ngettext("%(num)d team", "%(num)d teams", board.teams),
        "rule": leaderboards.wall_sentence(board.season.method),
    }


def _light_words(board: WorkshopBoard) -> dict[str, Any]:
    return {
        "title": _("Stars of the teams"),
        "scope": board.season.name,
        "teams": _("by name"),
        "rule": _("Who reaches a threshold has its star; there is no limit to stars"),
        "profile": LIGHT,
        "thresholds": list(board.thresholds),
    }


def _figures(row: Row, *, is_light: bool) -> list[Any]:
    """Return what a wall knows of a team; in the light profile not even its rank."""
    if is_light:
        return [0, row.name[:12], None, row.stars or 0]
    return [row.rank, row.name[:12], row.move, row.score]


def _scope(bracket: str) -> str:
    return {
        "small": _("Teams of 5 to 15"),
        "middle": _("Teams of 16 to 40"),
        "large": _("Teams of 41 and more"),
    }[bracket]
