"""Reading the boards: a page for a person, a state for a wall, a line for Today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select, true

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import learning_day
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Board, Dirty, Seat, Standing
from .scoring import score_without

TOP = 50
WALL_TOP = 15
WALL_OWN = 6
AROUND = 2


@dataclass(frozen=True)
class Row:
    """A team on a board."""

    unit_id: int
    name: str
    workshop: str
    members: int
    rank: int
    score: int
    move: int | None
    is_tied: bool
    stars: int | None = None  # 0..3 in the light profile, which shows no ranks


@dataclass(frozen=True)
class BoardView:
    """A bracket's board; ``around`` are the places next to ``own`` when it is not among the top."""

    season: SeasonView
    days_left: int
    bracket: str
    brackets: tuple[str, ...]
    rows: list[Row]
    around: list[Row]
    own: Row | None
    next_rank: int | None
    next_score: int | None
    lowest: int
    highest: int
    is_merged: bool
    as_of: datetime
    version: int


@dataclass(frozen=True)
class TeamLine:
    """A person's team in one line; ``rank`` None: too few people, or nothing ranked yet."""

    name: str
    is_ranked: bool
    rank: int | None
    is_tied: bool
    score: int | None
    next_rank: int | None
    gap: int | None


@dataclass(frozen=True)
class TeamEffect:
    """What a set added to its team's score; ``is_pending`` while the board has not seen it."""

    line: TeamLine
    before: int | None
    after: int | None
    is_pending: bool


@dataclass(frozen=True)
class WorkshopBoard:
    """A bracket's top and a workshop's own teams, for a wall."""

    season: SeasonView
    bracket: str
    teams: int
    rows: list[Row]
    own: list[tuple[Row, int | None, int | None]]  # row, next rank, points missing to it
    own_ids: frozenset[int]  # which of ``rows`` are the workshop's
    version: int
    as_of: datetime
    profile: str = "standard"  # or "light": stars by threshold, by name, no ranks
    thresholds: tuple[int, ...] = ()  # scores of one, two and three stars
    frozen_at: datetime | None = None  # as of when the board stands still before a ceremony


_VERSION = select(Board.__table__.c.version).where(
    Board.__table__.c.season_id == bindparam("season")
)


def board_state(organisation_id: int, today: date | None = None) -> tuple[SeasonView, int] | None:
    """Return the season to show and its version; the last one when none is running; or None.

    ``today`` is the organisation's learning day; it is looked up when it is not given.
    """
    season = points.season_until(organisation_id, today or org.today(organisation_id))
    if season is None:
        return None
    version = db.session.execute(_VERSION, {"season": season.id}).scalar()
    return (season, version) if version else None


def _seat_of(season_id: int, unit_id: int | None) -> int | None:
    if unit_id is None:
        return None
    return db.session.scalar(
        select(Seat.ranked_unit_id).where(Seat.season_id == season_id, Seat.unit_id == unit_id)
    )


def get_board(viewer: Viewer, bracket: str | None = None) -> BoardView | None:
    """Return a board of the viewer's organisation; its own team's bracket when none is named.

    None when there is no season, or nobody is ranked.
    """
    today = learning_day(clock.now(), viewer.time_zone)
    state = board_state(viewer.organisation_id, today)
    if state is None:
        return None
    season, version = state
    board = db.session.get_one(Board, season.id)
    seat = _seat_of(season.id, viewer.unit_id)
    own = db.session.get(Standing, (season.id, seat)) if seat else None
    known = _brackets(season.id)
    if not known:
        return None
    shown = bracket if bracket in known else own.bracket if own else known[0]
    rows = _rows(season.id, shown, Standing.rank <= TOP, limit=TOP)
    own_row, above = None, None
    around: list[Row] = []
    if own and own.bracket == shown:
        own_row = next((row for row in rows if row.unit_id == own.unit_id), None)
        if own_row is None:
            near = Standing.rank.between(own.rank - AROUND, own.rank + AROUND)
            around = _rows(season.id, shown, near, limit=2 * AROUND + 20, first=own.unit_id)
            own_row = next(row for row in around if row.unit_id == own.unit_id)
        above = _place_above(season.id, shown, own.rank)
    limits = db.session.execute(
        select(func.min(Standing.score), func.max(Standing.score)).where(
            Standing.season_id == season.id, Standing.bracket == shown
        )
    ).one()
    return BoardView(
        season=season,
        days_left=max(0, (season.ends_on - today).days),
        bracket=shown,
        brackets=known,
        rows=rows,
        around=around,
        own=own_row,
        next_rank=above[0] if above else None,
        next_score=above[1] if above else None,
        lowest=int(limits[0]),
        highest=int(limits[1]),
        is_merged=bool(seat and seat != viewer.unit_id),
        as_of=board.as_of,
        version=version,
    )


def _brackets(season_id: int) -> tuple[str, ...]:
    found = set(
        db.session.scalars(
            select(Standing.bracket).where(Standing.season_id == season_id).distinct()
        )
    )
    return tuple(bracket for bracket in points_rules.SHRINKAGE if bracket in found)


def _rows(
    season_id: int, bracket: str, condition: Any, *, limit: int, first: int | None = None
) -> list[Row]:
    """Return standings that fit ``condition`` by rank, ties by name; ``first`` leads its ties."""
    rows = db.session.execute(
        select(Standing, Unit.name, Unit.parent_id)
        .join(Unit, Unit.id == Standing.unit_id)
        .where(Standing.season_id == season_id, Standing.bracket == bracket, condition)
        .order_by(Standing.rank, Standing.unit_id != (first or 0), Unit.name, Standing.unit_id)
        .limit(limit)
    ).all()
    return _to_rows(season_id, bracket, rows)


def _to_rows(season_id: int, bracket: str, rows: Iterable[Any]) -> list[Row]:
    listed = list(rows)
    parents = org.get_units(row.parent_id for row in listed if row.parent_id)
    tied = _tied(season_id, bracket, {row.Standing.rank for row in listed})
    return [
        Row(
            unit_id=row.Standing.unit_id,
            name=row.name,
            workshop=parents[row.parent_id].name if row.parent_id in parents else "",
            members=row.Standing.members,
            rank=row.Standing.rank,
            score=row.Standing.score,
            move=rules.move(row.Standing.rank, row.Standing.rank_before),
            is_tied=row.Standing.rank in tied,
        )
        for row in listed
    ]


def _tied(season_id: int, bracket: str, ranks: set[int]) -> set[int]:
    """Return those of ``ranks`` that several teams of a bracket share."""
    if not ranks:
        return set()
    return set(
        db.session.scalars(
            select(Standing.rank)
            .where(
                Standing.season_id == season_id,
                Standing.bracket == bracket,
                Standing.rank.in_(ranks),
            )
            .group_by(Standing.rank)
            .having(func.count() > 1)
        )
    )


def _place_above(season_id: int, bracket: str, rank: int) -> tuple[int, int] | None:
    """Return rank and score of the next better place, or None at the top."""
    row = db.session.execute(
        select(Standing.rank, Standing.score)
        .where(Standing.season_id == season_id, Standing.bracket == bracket, Standing.rank < rank)
        .order_by(Standing.rank.desc())
        .limit(1)
    ).first()
    return (row.rank, row.score) if row else None


def team_line(viewer: Viewer) -> TeamLine | None:
    """Return the viewer's team in one line; None without a team or a board."""
    state = board_state(viewer.organisation_id, learning_day(clock.now(), viewer.time_zone))
    if state is None or viewer.unit_id is None:
        return None
    return _line(state[0].id, viewer.unit_id, viewer.unit_name or "")


def _line(season_id: int, unit_id: int, name: str) -> TeamLine:
    seat = _seat_of(season_id, unit_id)
    standing = db.session.get(Standing, (season_id, seat)) if seat else None
    if standing is None or not standing.rank:
        return TeamLine(name, False, None, False, None, None, None)
    above = _place_above(season_id, standing.bracket, standing.rank)
    shown = name if seat == unit_id else org.get_units([seat or 0])[seat or 0].name
    return TeamLine(
        name=shown,
        is_ranked=True,
        rank=standing.rank,
        is_tied=bool(_tied(season_id, standing.bracket, {standing.rank})),
        score=standing.score,
        next_rank=above[0] if above else None,
        gap=rules.gap_to_next(standing.score, above[1] if above else None),
    )


def get_effect(viewer: Viewer, unit_id: int | None, day: date, amount: int) -> TeamEffect | None:
    """Return what ``amount`` points of a set of ``day`` did for the team it was earned for.

    The score without them is computed from the same sums and the same mean, so the difference is
    what the set itself brought, whatever the others did meanwhile. A set that has left the window
    does nothing any more, so it has no before and after.
    """
    season = points.season_on(viewer.organisation_id, day)
    if season is None or unit_id is None:
        return None
    name = org.get_units([unit_id])[unit_id].name
    line = _line(season.id, unit_id, name)
    board = db.session.get(Board, season.id)
    if board is None or line.score is None:
        return TeamEffect(line, None, None, is_pending=board is None and amount > 0)
    # The note goes in the same transaction in which the sum comes: no clock could tell as well.
    waits = select(Dirty.id).where(Dirty.unit_id == unit_id, Dirty.day == day).limit(1)
    if amount and db.session.scalar(waits):
        return TeamEffect(line, None, None, is_pending=True)
    if day < points_rules.window(season.starts_on, board.day, season.method)[0]:
        return TeamEffect(line, None, None, is_pending=False)
    standing = db.session.get_one(Standing, (season.id, _seat_of(season.id, unit_id)))
    before = score_without(season, standing, amount)
    if before is None:
        return TeamEffect(line, None, None, is_pending=False)
    return TeamEffect(line, before, line.score, is_pending=False)


def get_workshop_board(organisation_id: int, unit_id: int) -> WorkshopBoard | None:
    """Return what a wall in ``unit_id`` shows: the bracket of most of its teams, its teams pinned.

    None when there is no season or nobody is ranked.
    """
    state = board_state(organisation_id)
    unit = org.get_units([unit_id]).get(unit_id)
    if state is None or unit is None:
        return None
    season, version = state
    bracket = _bracket_for(season.id, unit.path)
    if bracket is None:
        return None
    below = Unit.path.startswith(unit.path, autoescape=True)
    own = _rows(season.id, bracket, below, limit=WALL_OWN)
    rows = _rows(season.id, bracket, Standing.rank <= WALL_TOP, limit=WALL_TOP)
    shown = Unit.id.in_([row.unit_id for row in rows])
    return WorkshopBoard(
        season=season,
        bracket=bracket,
        teams=db.session.scalar(
            select(func.count())
            .select_from(Standing)
            .where(Standing.season_id == season.id, Standing.bracket == bracket)
        )
        or 0,
        rows=rows,
        own=[(row, *_distance(season.id, bracket, row)) for row in own],
        own_ids=frozenset(db.session.scalars(select(Unit.id).where(below, shown))),
        version=version,
        as_of=db.session.get_one(Board, season.id).as_of,
    )


def _distance(season_id: int, bracket: str, row: Row) -> tuple[int | None, int | None]:
    above = _place_above(season_id, bracket, row.rank)
    return (above[0], above[1] - row.score) if above else (None, None)


def _bracket_for(season_id: int, path: str) -> str | None:
    """Return the bracket in which most ranked teams below ``path`` are; else the fullest one."""
    for condition in (Unit.path.startswith(path, autoescape=True), true()):
        found = db.session.execute(
            select(Standing.bracket, func.count().label("teams"))
            .join(Unit, Unit.id == Standing.unit_id)
            .where(Standing.season_id == season_id, condition)
            .group_by(Standing.bracket)
            .order_by(func.count().desc(), Standing.bracket)
            .limit(1)
        ).first()
        if found:
            return str(found.bracket)
    return None
