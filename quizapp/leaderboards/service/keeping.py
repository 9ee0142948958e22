"""Keeping the rankings of the store at the version of the tables."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from quizapp.core.db import atomic, db, end_open_read, on_commit
from quizapp.org import service as org
from quizapp.org.models import Organisation, Unit
from quizapp.points import service as points

from ..models import Board, Freeze, Renamed, Standing
from . import rankings
from .rankings import Moved, RankedTeam
from .rankings.moving import MOST_CHANGED
from .shown import Shown, shown_of

log = logging.getLogger(__name__)
CHUNK = 1000

_Above = aliased(Unit)


@atomic
def carry_on(season_id: int, version: int, changed: Collection[int] | None) -> None:
    """Bring the ranking of a season to ``version`` once it is committed, by the changed teams.

    ``changed`` None: everything may be different, as on a new day. Then, and after a unit got
    another name, the ranking falls behind, and ``keep_rankings`` builds the next one.
    """
    organisation_id = points.get_season(season_id).organisation_id
    renamed = db.session.scalars(
        delete(Renamed)
        .where(Renamed.organisation_id == organisation_id)
        .returning(Renamed.id)
        .execution_options(synchronize_session=False)
    ).all()
    if changed is None or renamed or len(changed) > MOST_CHANGED or not _is_open():
        return
    teams = list(_teams(Standing.__table__, Standing.season_id == season_id, changed))
    on_commit(lambda: _carry(Moved(str(season_id), version, teams)))


def _carry(moved: Moved) -> None:
    rankings.carry(moved)


def _is_open() -> bool:
    try:
        return rankings.is_open()
    except RedisError:
        return False


def _teams(table: Any, condition: Any, units: Collection[int]) -> Iterator[RankedTeam]:
    """Yield the standings of some teams, with their names as they are now."""
    wanted = sorted(units)
    for start in range(0, len(wanted), CHUNK):
        statement = _statement(table).where(
            condition, table.c.unit_id.in_(wanted[start : start + CHUNK])
        )
        for row in db.session.execute(statement):
            yield RankedTeam(*row)


def _statement(table: Any, *more: Any) -> Any:
    return (
        select(
            table.c.unit_id,
            table.c.bracket,
            table.c.members,
            table.c.score,
            table.c.rank,
            table.c.rank_before,
            Unit.name,
            func.coalesce(_Above.name, ""),
            *more,
        )
        .join(Unit, Unit.id == table.c.unit_id)
        .outerjoin(_Above, _Above.id == Unit.parent_id)
    )


def keep_rankings() -> int:
    """Build every ranking that is missing or behind; return how many were built.

    For the background process. When the store is away there is nothing to keep.
    """
    built = 0
    if not _is_open():
        return built
    for shown in all_shown():
        try:
            at = rankings.version_of(shown.scope)
            if at is not None and at > shown.version:
                at = _without_what_is_ahead(shown)
            if at != shown.version and build_ranking(shown):
                built += 1
        except RedisError as error:
            log.warning("the ranking of board %s was not built: %s", shown.scope, error)
    end_open_read()
    return built


def _without_what_is_ahead(shown: Shown) -> int | None:
    """Let go of a ranking that is ahead of the tables, as after a backup was put back.

    The tables may have moved since they were looked at, so they are asked again.
    """
    now = shown_of(shown.season, org.today(shown.season.organisation_id))
    at = rankings.version_of(shown.scope)
    if now is None or at is None or now.scope != shown.scope or at <= now.version:
        return shown.version
    rankings.forget(shown.scope)
    return None


def all_shown() -> list[Shown]:
    """Return the boards that are shown to people of any organisation today."""
    found = []
    for organisation_id in db.session.scalars(select(Organisation.id).order_by(Organisation.id)):
        today = org.today(organisation_id)
        season = points.season_until(organisation_id, today)
        shown = shown_of(season, today) if season else None
        if shown is not None:
            found.append(shown)
    return found


def build_ranking(shown: Shown) -> bool:
    """Build the ranking of a board anew from its rows; return whether it was put in place."""
    version, teams = _whole(shown)
    return version is not None and rankings.build(shown.scope, version, teams)


def _whole(shown: Shown) -> tuple[int | None, Sequence[RankedTeam]]:
    """Return the version of a board and all its rows by name, both as of one moment.

    They come from one statement, so that no row can be newer than the version. The order of names
    is the database's own, and nothing else ever orders them.
    """
    table = shown.table
    if shown.freeze_id:
        statement = _statement(table, Freeze.version).join(Freeze, Freeze.id == table.c.freeze_id)
    else:
        statement = _statement(table, Board.version).join(
            Board, Board.season_id == table.c.season_id
        )
    rows = db.session.execute(
        statement.where(shown.is_of(table)).order_by(Unit.name, Unit.id)
    ).all()
    return (rows[0][-1] if rows else None), [RankedTeam(*row[:-1]) for row in rows]
