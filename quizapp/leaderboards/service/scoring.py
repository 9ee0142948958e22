"""Bringing the boards up to date: sum what changed, rescore its brackets, publish one version.

The mean of a bracket moves with every point, so a touched bracket is always rescored as a whole:
what stands on the board is exactly what a rebuild from the ledger gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, case, delete, func, select, update

from quizapp.core import clock
from quizapp.core.db import atomic, db, end_read, insert, lock_for_command
from quizapp.core.events import announce
from quizapp.org import service as org
from quizapp.org.models import Organisation, Unit
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules
from ..events import BoardsMoved
from ..models import Board, BracketMean, Dirty, Seat, Standing, UnitDay

BOARDS = 7004  # class of the advisory lock: one hand on the boards at a time
TAKE = 5000


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


def _running_seasons() -> list[SeasonView]:
    seasons = [
        points.season_on(organisation_id, org.today(organisation_id))
        for organisation_id in db.session.scalars(select(Organisation.id).order_by(Organisation.id))
    ]
    return [season for season in seasons if season]


def _seasons_of_another_day() -> list[SeasonView]:
    """Return the running seasons whose board is missing or stands at an earlier day."""
    days = {board.season_id: board.day for board in db.session.scalars(select(Board))}
    return [s for s in _running_seasons() if days.get(s.id) != org.today(s.organisation_id)]


@atomic
def _bring_up_to_date() -> None:
    lock_for_command(BOARDS, 0)
    pairs = _take_dirty()
    _sum_unit_days(pairs)
    touched = {unit_id for unit_id, _day in pairs}
    for season in _running_seasons():
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
    today = org.today(season.organisation_id)
    board = db.session.get(Board, season.id)
    seated = dict(
        db.session.execute(
            select(Seat.unit_id, Seat.ranked_unit_id).where(Seat.season_id == season.id)
        ).all()
    )
    mine = touched & _units_of(season.organisation_id, touched)
    is_new = board is None or bool(mine - seated.keys())
    if is_new:
        seated = _seat(season)
    if board is None or is_new or board.day != today:
        _fill_days(season, seated, after=board.day if board and not is_new else None, today=today)
        _sum_standings(season, None, today)
        _rescore(season, points_rules.SHRINKAGE)
    elif mine:
        ranked = {seated[unit] for unit in mine} - {None}
        brackets = _sum_standings(season, ranked, today)
        _rescore(season, brackets)
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


def _sizes(season: SeasonView) -> list[rules.Sized]:
    """Return every unit with its members on the season's first day, or on its own first day."""
    members = org.count_eligible(season.organisation_id, season.starts_on)
    later: dict[date, set[int]] = defaultdict(set)
    for unit_id, day in org.first_days(season.organisation_id, season.starts_on).items():
        if unit_id not in members:
            later[day].add(unit_id)
    for day, unit_ids in later.items():
        counted = org.eligible_members(unit_ids, day, day)
        members.update({unit_id: counted.get((unit_id, day), 0) for unit_id in unit_ids})
    units = db.session.execute(
        select(Unit.id, Unit.parent_id).where(Unit.organisation_id == season.organisation_id)
    )
    return [rules.Sized(row.id, row.parent_id, members.get(row.id, 0)) for row in units]


def _seat(season: SeasonView) -> dict[int, int | None]:
    """Seat the units that have no seat yet, and open a row for each that is ranked."""
    sizes = _sizes(season)
    placed = rules.seats(sizes)
    populated = {size.id for size in sizes if size.members} | {
        seat for seat in placed.values() if seat
    }
    known = dict(
        db.session.execute(
            select(Seat.unit_id, Seat.ranked_unit_id).where(Seat.season_id == season.id)
        ).all()
    )
    new = {unit: seat for unit, seat in placed.items() if unit in populated and unit not in known}
    if new:
        db.session.execute(
            insert(Seat),
            [
                {"season_id": season.id, "unit_id": unit, "ranked_unit_id": seat}
                for unit, seat in new.items()
            ],
        )
    seated = {**known, **new}
    _open_rows(season, seated, {size.id: size.members for size in sizes})
    return seated


def _open_rows(season: SeasonView, seated: dict[int, int | None], members: dict[int, int]) -> None:
    total: dict[int, int] = defaultdict(int)
    for unit, seat in seated.items():
        if seat is not None:
            total[seat] += members.get(unit, 0)
    rows = [
        {
            "season_id": season.id,
            "unit_id": seat,
            "bracket": points_rules.bracket_of(number),
            "members": number,
        }
        for seat, number in sorted(total.items())
        if points_rules.bracket_of(number)
    ]
    if rows:
        defaults = {
            "points": 0,
            "member_days": 0,
            "points_before": 0,
            "member_days_before": 0,
            "score": 0,
            "rank": 0,
        }
        db.session.execute(
            insert(Standing).on_conflict_do_nothing(), [{**defaults, **row} for row in rows]
        )


def _fill_days(
    season: SeasonView, seated: Collection[int], *, after: date | None, today: date
) -> None:
    """Write the days of all seated units that have no row: those after ``after``, or the window."""
    first = points_rules.window(season.starts_on, today)[0] - timedelta(days=1)
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


def _sum_standings(season: SeasonView, ranked: Collection[Any] | None, today: date) -> set[str]:
    """Sum the window of each ranked unit (None: all), today's and yesterday's; return brackets."""
    first, last = points_rules.window(season.starts_on, today)
    yesterday = today - timedelta(days=1)
    first_before = points_rules.window(season.starts_on, yesterday)[0]
    is_now, is_before = UnitDay.day.between(first, last), UnitDay.day <= yesterday

    def total(condition: Any, amount: Any) -> Any:
        return func.sum(case((condition, amount), else_=0))

    statement = (
        select(
            Seat.ranked_unit_id,
            total(is_now, UnitDay.points),
            total(is_now, UnitDay.members),
            total(is_before, UnitDay.points),
            total(is_before, UnitDay.members),
        )
        .join(UnitDay, UnitDay.unit_id == Seat.unit_id)
        .where(
            Seat.season_id == season.id,
            Seat.ranked_unit_id.is_not(None),
            UnitDay.day.between(first_before, last),
        )
        .group_by(Seat.ranked_unit_id)
    )
    if ranked is not None:
        statement = statement.where(Seat.ranked_unit_id.in_(sorted(ranked)))
    names = ("ranked", "now", "days_now", "before", "days_before")
    rows = [
        dict(zip(names, map(int, row), strict=True), season=season.id)
        for row in db.session.execute(statement)
    ]
    _update_standings(
        rows,
        points=bindparam("now"),
        member_days=bindparam("days_now"),
        points_before=bindparam("before"),
        member_days_before=bindparam("days_before"),
    )
    return set(
        db.session.scalars(
            select(Standing.bracket)
            .where(
                Standing.season_id == season.id,
                Standing.unit_id.in_([row["ranked"] for row in rows]),
            )
            .distinct()
        )
    )


def _update_standings(rows: list[dict[str, Any]], **columns: Any) -> None:
    """Set ``columns`` of the standings named by ``season`` and ``ranked`` of each row."""
    if rows:
        db.session.connection().execute(
            update(Standing.__table__)  # type: ignore[arg-type]
            .where(
                Standing.__table__.c.season_id == bindparam("season"),
                Standing.__table__.c.unit_id == bindparam("ranked"),
            )
            .values(**columns),
            rows,
        )


def _rescore(season: SeasonView, brackets: Iterable[str]) -> None:
    for bracket in sorted(brackets):
        _rescore_bracket(season, bracket)


def _rescore_bracket(season: SeasonView, bracket: str) -> None:
    """Score and rank every team of a bracket; write the rows that changed and the mean used."""
    rows = db.session.execute(
        select(Standing.__table__).where(
            Standing.season_id == season.id, Standing.bracket == bracket
        )
    ).all()
    now = {
        row.unit_id: points_rules.TeamSum(row.unit_id, row.points, row.member_days) for row in rows
    }
    before = {
        row.unit_id: points_rules.TeamSum(row.unit_id, row.points_before, row.member_days_before)
        for row in rows
        if row.member_days_before
    }
    mean = points_rules.bracket_mean(list(now.values()))
    scores = _scores(now.values(), mean, bracket)
    ranks = points_rules.ranks(list(scores.items()))
    mean_before = points_rules.bracket_mean(list(before.values()))
    ranks_before = points_rules.ranks(list(_scores(before.values(), mean_before, bracket).items()))
    changed = [
        {
            "season": season.id,
            "ranked": row.unit_id,
            "new_score": scores[row.unit_id],
            "new_rank": ranks[row.unit_id],
            "new_before": ranks_before.get(row.unit_id),
        }
        for row in rows
        if (row.score, row.rank, row.rank_before)
        != (scores[row.unit_id], ranks[row.unit_id], ranks_before.get(row.unit_id))
    ]
    _update_standings(
        changed,
        score=bindparam("new_score"),
        rank=bindparam("new_rank"),
        rank_before=bindparam("new_before"),
    )
    _keep_mean(season.id, bracket, mean)


def _scores(teams: Iterable[points_rules.TeamSum], mean: Fraction, bracket: str) -> dict[int, int]:
    shrinkage = points_rules.SHRINKAGE[bracket]
    return {
        team.unit_id: points_rules.shrunken_mean(team.points, team.member_days, mean, shrinkage)
        for team in teams
    }


def _keep_mean(season_id: int, bracket: str, mean: Fraction) -> None:
    statement = insert(BracketMean).values(
        season_id=season_id,
        bracket=bracket,
        numerator=mean.numerator,
        denominator=mean.denominator,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["season_id", "bracket"],
            set_={
                "numerator": statement.excluded.numerator,
                "denominator": statement.excluded.denominator,
            },
        )
    )


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

    Seats, team-days and standings are thrown away first; the version goes on counting.
    """
    lock_for_command(BOARDS, 0)
    season = points.get_season(season_id)
    before = _snapshot(season_id)
    units = select(Unit.id).where(Unit.organisation_id == season.organisation_id)
    for table, condition in (
        (Dirty, Dirty.unit_id.in_(units)),
        (UnitDay, UnitDay.unit_id.in_(units)),
        (Seat, Seat.season_id == season_id),
        (Standing, Standing.season_id == season_id),
        (BracketMean, BracketMean.season_id == season_id),
    ):
        db.session.execute(
            delete(table).where(condition).execution_options(synchronize_session=False)
        )
    today = min(org.today(season.organisation_id), season.ends_on)
    if today < season.starts_on:
        return len(before)
    seated = _seat(season)
    _fill_days(season, seated, after=None, today=today)
    _sum_standings(season, None, today)
    _rescore(season, points_rules.SHRINKAGE)
    _step(season, db.session.get(Board, season_id), today)
    return len(before ^ _snapshot(season_id))


def _snapshot(season_id: int) -> set[tuple[Any, ...]]:
    """Return every standing as plain values, for comparing two builds."""
    return {
        tuple(row)
        for row in db.session.execute(
            select(Standing.__table__).where(Standing.season_id == season_id)
        )
    }


def rebuild() -> int:
    """Rebuild the boards of every running season; return how many rows came out different."""
    return sum(rebuild_season(season.id) for season in _running_seasons())
