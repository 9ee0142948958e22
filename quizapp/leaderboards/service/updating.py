"""Bringing the boards up to date: sum what changed, rescore its brackets, publish one version."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from quizapp.core import clock
from quizapp.core.db import atomic, db, end_read, insert, lock_for_command
from quizapp.core.events import announce
from quizapp.org import service as org
from quizapp.org.models import Organisation, Unit
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from ..events import BoardsMoved
from ..models import Board, BracketMean, Dirty, Seat, Standing, UnitDay
from .scoring import rescore, sum_standings
from .seating import known_seats, seat_units

BOARDS = 7004  # class of the advisory lock: one hand on the boards at a time
TAKE = 5000
LATE = timedelta(days=3)  # the deadline of a season's last set lies in the third day after it


def tick() -> bool:
    """Bring every board up to date; return whether anything had to be done.

    Looking first costs a read; the command takes the write lock only when there is work.
    """
    has_dirty = db.session.scalar(select(Dirty.id).limit(1)) is not None
    rolled = _seasons_of_another_day()
    end_read()
    if not has_dirty and not rolled:
        return False
    _bring_up_to_date()
    return True


def open_seasons() -> list[SeasonView]:
    """Return the seasons that still take facts: those running, and those that just ended.

    A set of a season's last day may be finished, or closed, up to two days after it.
    """
    found: list[SeasonView] = []
    for organisation_id in db.session.scalars(select(Organisation.id).order_by(Organisation.id)):
        today = org.today(organisation_id)
        recent = points.list_seasons(organisation_id, today - LATE, today)
        found += [season for season in recent if season.closed_at is None]
    return found


def _board_day(season: SeasonView) -> date:
    """Return the day a season's boards stand at: today, or its last day once it is over."""
    return min(org.today(season.organisation_id), season.ends_on)


def _seasons_of_another_day() -> list[SeasonView]:
    """Return the open seasons whose board is missing or stands at an earlier day."""
    days = {board.season_id: board.day for board in db.session.scalars(select(Board))}
    return [season for season in open_seasons() if days.get(season.id) != _board_day(season)]


@atomic
def _bring_up_to_date() -> None:
    lock_for_command(BOARDS, 0)
    pairs = _take_dirty()
    _sum_unit_days(pairs)
    for season in open_seasons():
        touched = {unit for unit, day in pairs if season.starts_on <= day <= season.ends_on}
        _update_season(season, touched)


def _take_dirty() -> set[tuple[int, date]]:
    """Take noted rows off the list; never by an id watermark, since ids commit out of order."""
    wanted = select(Dirty.id).limit(TAKE).with_for_update(skip_locked=True)
    rows = db.session.execute(
        delete(Dirty)
        .where(Dirty.id.in_(wanted))
        .returning(Dirty.unit_id, Dirty.day)
        .execution_options(synchronize_session=False)
    )
    return {(row.unit_id, row.day) for row in rows}


def _sum_unit_days(pairs: Collection[tuple[int, date]]) -> None:
    """Write the points and members of each (unit, day), from the ledger and the memberships."""
    if not pairs:
        return
    earned = points.sums_of_unit_days(pairs)
    days = [day for _unit, day in pairs]
    members = org.eligible_members({unit for unit, _day in pairs}, min(days), max(days))
    _write_unit_days(
        {
            "unit_id": unit,
            "day": day,
            "points": earned[unit, day],
            "members": members.get((unit, day), 0),
        }
        for unit, day in sorted(pairs)
    )


def _write_unit_days(rows: Iterable[dict[str, Any]]) -> None:
    statement = insert(UnitDay)
    listed = list(rows)
    if listed:
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["unit_id", "day"],
                set_={"points": statement.excluded.points, "members": statement.excluded.members},
            ),
            listed,
        )


def _update_season(season: SeasonView, touched: Collection[int]) -> None:
    """Rescore what ``touched`` units changed; everything when a day or a season began."""
    today = _board_day(season)
    board = db.session.get(Board, season.id)
    known = known_seats(season.id)
    mine = _units_of(season.organisation_id, touched)
    if board is None or board.day != today or mine - known.keys():
        seated = seat_units(season)
        after = board.day if board and seated == known else None
        _fill_days(season, seated, after=after, today=today)
        sum_standings(season, None, today)
        rescore(season, points_rules.SHRINKAGE)
    elif mine:
        ranked = {known[unit] for unit in mine} - {None}
        brackets = sum_standings(season, ranked, today)
        rescore(season, brackets)
    else:
        return
    _step(season, board, today)


def _units_of(organisation_id: int, unit_ids: Collection[int]) -> set[int]:
    if not unit_ids:
        return set()
    return set(
        db.session.scalars(
            select(Unit.id).where(
                Unit.organisation_id == organisation_id, Unit.id.in_(list(unit_ids))
            )
        )
    )


def _fill_days(
    season: SeasonView, seated: Collection[int], *, after: date | None, today: date
) -> None:
    """Write the days of all seated units that have no row: those after ``after``, or the window."""
    first = points_rules.window(season.starts_on, today, season.method)[0] - timedelta(days=1)
    first = max(season.starts_on, first if after is None else max(first, after + timedelta(days=1)))
    units = sorted(seated)
    day = first
    while day <= today:
        counted = org.count_eligible(season.organisation_id, day)
        earned = points.sums_of_unit_days([(unit, day) for unit in units])
        _write_unit_days(
            {
                "unit_id": unit,
                "day": day,
                "points": earned[unit, day],
                "members": counted.get(unit, 0),
            }
            for unit in units
        )
        day += timedelta(days=1)


def _step(season: SeasonView, board: Board | None, today: date) -> None:
    """Give the season's boards their next version and tell who shows them."""
    if board is None:
        board = Board(season_id=season.id, version=0, as_of=clock.now(), day=today)
        db.session.add(board)
    board.version += 1
    board.as_of = clock.now()
    board.day = today
    db.session.flush()
    announce(BoardsMoved(season_id=season.id, version=board.version))


@atomic
def rebuild_season(season_id: int) -> int:
    """Build a season's boards anew from the ledger; return how many rows came out different.

    Seats and standings are thrown away first and the days of the window written over; the version
    goes on counting.
    """
    lock_for_command(BOARDS, 0)
    season = points.get_season(season_id)
    if season.closed_at is not None:
        return 0
    before = _snapshot(season_id)
    for table in (Seat, Standing, BracketMean):
        db.session.execute(
            delete(table)
            .where(table.season_id == season_id)
            .execution_options(synchronize_session=False)
        )
    today = _board_day(season)
    if today < season.starts_on:
        return len(before)
    seated = seat_units(season)
    _fill_days(season, seated, after=None, today=today)
    sum_standings(season, None, today)
    rescore(season, points_rules.SHRINKAGE)
    _step(season, db.session.get(Board, season_id), today)
    after = _snapshot(season_id)
    return sum(before.get(unit) != after.get(unit) for unit in before.keys() | after.keys())


def _snapshot(season_id: int) -> dict[int, tuple[Any, ...]]:
    """Return every standing as plain values by unit, for comparing two builds."""
    rows = db.session.execute(select(Standing.__table__).where(Standing.season_id == season_id))
    return {row.unit_id: tuple(row) for row in rows}


def rebuild() -> int:
    """Rebuild the boards of every open season; return how many rows came out different."""
    return sum(rebuild_season(season.id) for season in open_seasons())
