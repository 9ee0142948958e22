"""Building the boards anew from the ledger: day by day, so that nobody waits long for it.

Days are filled one command each, and ticks find their turn between two of them; only the standings
are thrown away and made in one. What is held in memory grows with the units, never with people or
entries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import delete, select

from quizapp.core.db import atomic, db, lock_for_command, survey
from quizapp.org import service as org
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from ..models import Board, BracketMean, Standing, UnitDay
from .scoring import rescore, sum_standings
from .seating import seat_units
from .updating import BOARDS, LATE, board_day, fill_day, fill_units, open_seasons, step, window_days

Tell = Callable[[int, int], None]  # steps done, steps in all


def rebuild(tell: Tell | None = None) -> int:
    """Rebuild the boards of every open season; return how many rows came out different.

    ``tell`` hears after each step how many of how many are done.
    """
    seasons = open_seasons()
    total = sum(_steps(season) for season in seasons)
    differed = done = 0
    for season in seasons:
        differed += rebuild_season(season.id, tell=_from(tell, done, total))
        done += _steps(season)
    return differed


def _steps(season: SeasonView) -> int:
    """Return how many steps the rebuild of a season has: its days, and the standings."""
    return len(window_days(season, board_day(season))) + 1


def _from(tell: Tell | None, done: int, total: int) -> Tell | None:
    """Return ``tell`` for a part of the work that begins when ``done`` steps are done."""
    return (lambda part, _of: tell(done + part, total)) if tell else None


def rebuild_season(season_id: int, *, tell: Tell | None = None) -> int:
    """Build a season's boards anew from the ledger; return how many rows came out different.

    The days of the window are written over, standings are thrown away first; the version goes on
    counting. A closed season stays as it is. ``tell`` hears after each step how many of how many
    are done.
    """
    season = points.get_season(season_id)
    if season.closed_at is not None:
        return 0
    days = window_days(season, board_day(season))
    if days and db.session.get(Board, season_id) is None:  # nothing is shown that could change
        _seat(season)
    for done, day in enumerate(days, start=1):
        _fill_day(season, day)
        if tell:
            tell(done, len(days) + 1)
    differed = _rebuild_standings(season, days)
    if tell:
        tell(len(days) + 1, len(days) + 1)
    return differed


@atomic
def note_season(season_id: int) -> None:
    """Have a season's boards made anew, with all of their days and seats, because it changed.

    The next tick does it: for many teams it takes longer than somebody who saves a season waits.
    Ticks leave seasons of the past alone, so those are built at once.
    """
    season = points.get_season(season_id)
    board = db.session.get(Board, season_id)
    if board is None or season.closed_at is not None:
        return  # a tick makes it when its first day comes; a closed one stays as it is
    board.day = season.starts_on - timedelta(days=1)
    if season.ends_on < org.today(season.organisation_id) - LATE:
        rebuild_season(season_id)


@atomic
def _seat(season: SeasonView) -> None:
    lock_for_command(BOARDS, 0)
    seat_units(season)


@atomic
def _fill_day(season: SeasonView, day: date) -> None:
    lock_for_command(BOARDS, 0)
    fill_day(season, day)


@atomic
def _rebuild_standings(season: SeasonView, filled: Collection[date]) -> int:
    """Seat, sum, score and rank anew; the days in ``filled`` are right for units with a seat."""
    lock_for_command(BOARDS, 0)
    before = dict(_marks(season.id))
    for table in (Standing, BracketMean):
        db.session.execute(
            delete(table)
            .where(table.season_id == season.id)
            .execution_options(synchronize_session=False)
        )
    today = board_day(season)
    days = window_days(season, today)
    if not days:
        return len(before)
    fill_units(season, seat_units(season).new, days)
    for day in days:
        if day not in filled:  # it began while the others were filled
            fill_day(season, day)
    survey(UnitDay)
    sum_standings(season, None, today)
    rescore(season, points_rules.SHRINKAGE)
    step(season, db.session.get(Board, season.id), today)
    differed = sum(before.pop(unit, None) != mark for unit, mark in _marks(season.id))
    return differed + len(before)


def _marks(season_id: int) -> Iterator[tuple[int, int]]:
    """Yield each ranked unit with a fingerprint of its standing, for comparing two builds."""
    rows = db.session.execute(
        select(Standing.__table__).where(Standing.season_id == season_id),
        execution_options={"yield_per": 1000},
    )
    for row in rows:
        yield row.unit_id, hash(tuple(row))
