"""Scoring: sum the window of every ranked unit, then score and rank its bracket as a whole.

The mean of a bracket moves with every point, so a touched bracket is always rescored completely:
what stands on the board is exactly what a rebuild from the ledger gives. All of it is done by the
database, in a few statements whatever the number of teams; rows that stay as they are are not
written. Only ``best_k`` adds up here what it counts, for the rows that are concerned.

Each season has one method: ``_expressions`` says it to the database, ``scores_of`` in numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select, update

from quizapp.core.db import db, insert
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.rules import BEST_K, TOTAL, TeamSum
from quizapp.points.service import SeasonView

from ..models import BracketMean, Seat, Standing, UnitDay
from .ranking import differs, rank_by, shrunken_mean, write_changed


def sum_standings(season: SeasonView, ranked: Collection[Any] | None, today: date) -> set[str]:
    """Sum the window of each ranked unit (None: all), today's and yesterday's; return brackets."""
    sums = _sums(season, ranked, today).subquery()
    mine = Standing.season_id == season.id
    fresh = {
        "points": sums.c.now,
        "member_days": sums.c.days_now,
        "points_before": sums.c.before,
        "member_days_before": sums.c.days_before,
    }
    write_changed(
        update(Standing)
        .values(fresh)
        .where(mine, Standing.unit_id == sums.c.ranked, differs(fresh))
    )
    if ranked is not None:
        mine = and_(mine, Standing.unit_id.in_(sorted(ranked)))
    if season.method == BEST_K:
        _sum_best(season, set(db.session.scalars(select(Standing.unit_id).where(mine))), today)
    return set(db.session.scalars(select(Standing.bracket).where(mine).distinct()))


def _sums(season: SeasonView, ranked: Collection[Any] | None, today: date) -> Any:
    """Return the statement that sums the two windows of ranked units, all when none are named."""
    first, last = points_rules.window(season.starts_on, today, season.method)
    yesterday = today - timedelta(days=1)
    first_before = points_rules.window(season.starts_on, yesterday, season.method)[0]
    is_now, is_before = UnitDay.day.between(first, last), UnitDay.day <= yesterday

    def total(condition: Any, amount: Any, name: str) -> Any:
        return func.sum(case((condition, amount), else_=0)).label(name)

    statement = (
        select(
            Seat.ranked_unit_id.label("ranked"),
            total(is_now, UnitDay.points, "now"),
            total(is_now, UnitDay.members, "days_now"),
            total(is_before, UnitDay.points, "before"),
            total(is_before, UnitDay.members, "days_before"),
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
    return statement


def _sum_best(season: SeasonView, ranked: Collection[int], today: date) -> None:
    """Add up the best contributions of these rows, for today and with all up to yesterday."""
    seats = {
        row.unit_id: row.ranked_unit_id
        for row in db.session.execute(
            select(Seat.unit_id, Seat.ranked_unit_id).where(
                Seat.season_id == season.id, Seat.ranked_unit_id.in_(sorted(ranked))
            )
        )
    }
    number = counted(sizes_of(season.id))
    now = points.best_sums(seats, number, season.starts_on, today)
    before = points.best_sums(seats, number, season.starts_on, today - timedelta(days=1))
    update_standings(
        [
            {"season": season.id, "ranked": row, "now": now[row], "then": before[row]}
            for row in sorted(now)
        ],
        best=bindparam("now"),
        best_before=bindparam("then"),
    )


def sizes_of(season_id: int) -> dict[int, tuple[str, int]]:
    """Return bracket and members of every row, as they were when the season started."""
    rows = db.session.execute(
        select(Standing.unit_id, Standing.bracket, Standing.members).where(
            Standing.season_id == season_id
        )
    )
    return {row.unit_id: (row.bracket, row.members) for row in rows}


def counted(members: Mapping[int, tuple[str, int]]) -> dict[int, int]:
    """Return how many contributions to an activity count in each row."""
    return {row: points_rules.best_k(number) for row, (_bracket, number) in members.items()}


def update_standings(rows: list[dict[str, Any]], **columns: Any) -> None:
    """Set ``columns`` of the standings named by ``season`` and ``ranked`` of each row."""
    if rows:
        db.session.connection().execute(
            update(Standing.__table__)
            .where(
                Standing.__table__.c.season_id == bindparam("season"),
                Standing.__table__.c.unit_id == bindparam("ranked"),
            )
            .values(**columns),
            rows,
        )


def rescore(season: SeasonView, brackets: Iterable[str]) -> set[int]:
    """Score and rank every team of these brackets anew; return those with another score or move."""
    changed: set[int] = set()
    for bracket in sorted(brackets):
        changed |= _rescore_bracket(season, bracket)
    return changed


def _rescore_bracket(season: SeasonView, bracket: str) -> set[int]:
    """Score and rank every team of a bracket; write the rows that changed and the mean used."""
    mean, mean_before = _means(season.id, bracket)
    now, before = _expressions(season.method, bracket, mean, mean_before)
    changed = rank_by(season.id, bracket, now=now, before=before)
    _keep_mean(season.id, bracket, mean)
    return changed


def _expressions(
    method: str, bracket: str, mean: Fraction, mean_before: Fraction
) -> tuple[Any, Any]:
    """Return today's score and that of the day before, over a standing's columns."""
    if method == BEST_K:
        return Standing.best, Standing.best_before
    if method == TOTAL:
        return Standing.points, Standing.points_before
    shrinkage = points_rules.SHRINKAGE[bracket]
    return (
        shrunken_mean(Standing.points, Standing.member_days, mean, shrinkage),
        shrunken_mean(Standing.points_before, Standing.member_days_before, mean_before, shrinkage),
    )


def scores_of(
    method: str,
    bracket: str,
    teams: Iterable[TeamSum],
    mean: Fraction,
    best: Mapping[int, int],
) -> dict[int, int]:
    """Return the score of each team of a bracket by a season's method."""
    if method == BEST_K:
        return {team.unit_id: best[team.unit_id] for team in teams}
    if method == TOTAL:
        return {team.unit_id: points_rules.total(team.points) for team in teams}
    shrinkage = points_rules.SHRINKAGE[bracket]
    return {
        team.unit_id: points_rules.shrunken_mean(team.points, team.member_days, mean, shrinkage)
        for team in teams
    }


def score_without(season: SeasonView, standing: Standing, amount: int) -> int | None:
    """Return a team's score without ``amount`` of its points, as the board stands.

    None by ``best_k``: whether points counted among the best says something about a person.
    """
    if season.method == BEST_K:
        return None
    mean = db.session.get_one(BracketMean, (season.id, standing.bracket))
    team = TeamSum(standing.unit_id, max(0, standing.points - amount), standing.member_days)
    exact = Fraction(mean.numerator, mean.denominator)
    return scores_of(season.method, standing.bracket, [team], exact, {})[standing.unit_id]


def _means(season_id: int, bracket: str) -> tuple[Fraction, Fraction]:
    """Return the means of a bracket, today's and that of the day before."""
    row = db.session.execute(
        select(
            func.sum(Standing.points),
            func.sum(Standing.member_days),
            func.sum(case((Standing.member_days_before != 0, Standing.points_before), else_=0)),
            func.sum(Standing.member_days_before),
        ).where(Standing.season_id == season_id, Standing.bracket == bracket)
    ).one()
    now, days_now, before, days_before = (int(value or 0) for value in row)
    return (
        points_rules.bracket_mean([points_rules.TeamSum(0, now, days_now)]),
        points_rules.bracket_mean([points_rules.TeamSum(0, before, days_before)]),
    )


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
