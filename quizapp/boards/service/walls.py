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
from quizapp.org.models import Organisation

from ..models import Display


def channel(unit_id: int) -> str:
    """Return the channel on which the board of a unit's walls is published."""
    return f"wall:{unit_id}"


def current_state(organisation_id: int, unit_id: int) -> dict[str, Any]:
    """Return what a wall shows now: from the store, else built from the standings and kept.

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
    _keep(unit_id, built)
    return built


def _keep(unit_id: int, state: dict[str, Any]) -> None:
    opened = store()
    try:
        opened.client.set(opened.key("wall", unit_id), sse.compact(state), ex=24 * 3600)
    except RedisError:
        return


def publish_season(organisation_id: int) -> int:
    """Send every wall of an organisation its new board; return to how many units it went."""
    units = db.session.scalars(
        select(Display.unit_id)
        .where(Display.organisation_id == organisation_id, Display.revoked_at.is_(None))
        .distinct()
    ).all()
    for unit_id in units:
        state = wall_state(organisation_id, unit_id)
        _keep(unit_id, state)
        sse.publish(channel(unit_id), state)
    return len(units)


def wall_state(organisation_id: int, unit_id: int) -> dict[str, Any]:
    """Build what a wall shows: short names and numbers only, at most 2 KB. Always in Chinese.

    Rows are ``[rank, name, places climbed since yesterday or null, score, 1 when own]``; own rows
    ``[rank, name, climbed, score, next rank, points missing]``.
    """
    board = leaderboards.get_workshop_board(organisation_id, unit_id)
    with force_locale("zh_CN"):
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
        zone = ZoneInfo(_time_zone(organisation_id))
        return {
            "v": board.version,
            "title": _("Team board, %(season)s", season=board.season.name),
            "scope": _scope(board.bracket),
            "teams": ngettext("%(num)d team", "%(num)d teams", board.teams),
            "rule": leaderboards.wall_sentence(board.season.method),
            "as_of": board.as_of.isoformat(timespec="seconds"),
            "clock": f"{board.as_of.astimezone(zone):%H:%M}",
            "rows": [
                [row.rank, row.name[:12], row.move, row.score, int(row.unit_id in board.own_ids)]
                for row in board.rows
            ],
            "own": [
                [row.rank, row.name[:12], row.move, row.score, next_rank, gap]
                for row, next_rank, gap in board.own
            ],
            "note": None,
        }


def _scope(bracket: str) -> str:
    return {
        "small": _("Teams of 5 to 15"),
        "middle": _("Teams of 16 to 40"),
        "large": _("Teams of 41 and more"),
    }[bracket]


def _time_zone(organisation_id: int) -> str:
    return db.session.get_one(Organisation, organisation_id).time_zone
