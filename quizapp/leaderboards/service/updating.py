"""Bringing the boards up to date: sum what changed, rescore its brackets, publish one version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, literal, or_, select

from quizapp.core import clock
from quizapp.core.db import (
    as_table,
    atomic,
    db,
    end_read,
    insert,
    lock_for_command,
    prefer_indexes,
    survey,
)
from quizapp.core.events import announce
from quizapp.org import service as org
from quizapp.org.models import Organisation, Unit
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from ..events import BoardsMoved
from ..models import Board, Dirty, Seat, UnitDay
from .scoring import rescore, sum_standings
from .seating import known_seats, seat_units

BOARDS = 7004  # class of the advisory lock: one hand on the boards at a time
TAKE = 5000
MANY = 500  # new units from which on filling the days of all is the shorter way
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


def board_day(season: SeasonView) -> date:
    """Return the day a season's boards stand at: today, or its last day once it is over."""
    return min(org.today(season.organisation_id), season.ends_on)


def _seasons_of_another_day() -> list[SeasonView]:
    """Return the open seasons whose board is missing or stands at an earlier day."""
    days = {board.season_id: board.day for board in db.session.scalars(select(Board))}
    return [season for season in open_seasons() if days.get(season.id) != board_day(season)]


@atomic
def _bring_up_to_date() -> None:
    lock_for_command(BOARDS, 0)
    prefer_indexes()
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
    units_of: dict[date, list[int]] = defaultdict(list)
    for unit, day in pairs:
        units_of[day].append(unit)
    members: dict[tuple[int, date], int] = {}
    for day, units in units_of.items():
        members |= org.eligible_members(units, day, day)
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
    today = board_day(season)
    board = db.session.get(Board, season.id)
    changed: set[int] | None = None
    mine = _units_of(season.organisation_id, touched)
    is_new_day = board is None or board.day != today
    seats = known_seats(season.id, mine)
    seating = seat_units(season) if is_new_day or mine - seats.keys() else None
    if is_new_day or (seating and seating.is_changed):
        days = window_days(season, today)
        for day in days:
            if board is None or day > board.day:
                fill_day(season, day)
        if board is None:
            survey(UnitDay)
        elif seating:
            fill_units(season, seating.new, days)
        sum_standings(season, None, today)
        rescore(season, points_rules.SHRINKAGE)
    elif mine:
        brackets = sum_standings(season, set(seats.values()) - {None}, today)
        changed = rescore(season, brackets)
    else:
        return
    step(season, board, today, changed=changed)


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


def window_days(season: SeasonView, today: date) -> list[date]:
    """Return the days of a season that a board of ``today`` sums, yesterday's window included."""
    first = points_rules.window(season.starts_on, today, season.method)[0] - timedelta(days=1)
    first = max(season.starts_on, first)
    return [first + timedelta(days=number) for number in range((today - first).days + 1)]


def fill_day(season: SeasonView, day: date) -> None:
    """Write a day of every seated unit from the ledger and the memberships, in one statement.

    No entry and nobody's membership passes through this process, only how many members each unit
    has; a row that is right already is not written.
    """
    earned = points.unit_sums_on(day).subquery()
    counted = as_table(org.count_eligible(season.organisation_id, day))
    summed = (
        select(
            Seat.unit_id,
            literal(day),
            func.coalesce(earned.c.points, 0),
            func.coalesce(counted.c.value, 0),
        )
        .outerjoin(earned, earned.c.unit_id == Seat.unit_id)
        .outerjoin(counted, counted.c.key == Seat.unit_id)
        .where(Seat.season_id == season.id)
    )
    statement = insert(UnitDay).from_select(["unit_id", "day", "points", "members"], summed)
    fresh = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["unit_id", "day"],
            set_={"points": fresh.points, "members": fresh.members},
            where=or_(UnitDay.points != fresh.points, UnitDay.members != fresh.members),
        )
    )


def fill_units(season: SeasonView, unit_ids: Collection[int], days: Collection[date]) -> None:
    """Write the days of units that had no seat until now."""
    if len(unit_ids) > MANY:
        for day in days:
            fill_day(season, day)
    else:
        _sum_unit_days({(unit, day) for unit in unit_ids for day in days})


def step(
    season: SeasonView, board: Board | None, today: date, *, changed: set[int] | None = None
) -> None:
    """Give the season's boards their next version and tell who shows them.

    ``changed`` are the units with another score or move; None: any row may be different.
    """
    if board is None:
        board = Board(season_id=season.id, version=0, as_of=clock.now(), day=today)
        db.session.add(board)
    board.version += 1
    board.as_of = clock.now()
    board.day = today
    db.session.flush()
    announce(
        BoardsMoved(
            season_id=season.id,
            version=board.version,
            changed=None if changed is None else frozenset(changed),
        )
    )
