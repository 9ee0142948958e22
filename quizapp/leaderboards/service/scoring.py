"""Scoring: sum the window of every ranked unit, then score and rank its bracket as a whole.

The mean of a bracket moves with every point, so a touched bracket is always rescored completely:
what stands on the board is exactly what a rebuild from the ledger gives. All of it is done by the
database, in a few statements whatever the number of teams; rows that stay as they are are not
written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, case, func, select, update

from quizapp.core.db import db, insert
from quizapp.points import rules as points_rules
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
    return set(db.session.scalars(select(Standing.bracket).where(mine).distinct()))


def _sums(season: SeasonView, ranked: Collection[Any] | None, today: date) -> Any:
    """Return the statement that sums the two windows of ranked units, all when none are named."""
    first, last = points_rules.window(season.starts_on, today)
    yesterday = today - timedelta(days=1)
    first_before = points_rules.window(season.starts_on, yesterday)[0]
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


def rescore(season: SeasonView, brackets: Iterable[str]) -> None:
    """Score and rank every team of these brackets anew."""
    for bracket in sorted(brackets):
        _rescore_bracket(season, bracket)


def _rescore_bracket(season: SeasonView, bracket: str) -> None:
    """Score and rank every team of a bracket; write the rows that changed and the mean used."""
    mean, mean_before = _means(season.id, bracket)
    shrinkage = points_rules.SHRINKAGE[bracket]
    rank_by(
        season.id,
        bracket,
        now=shrunken_mean(Standing.points, Standing.member_days, mean, shrinkage),
        before=shrunken_mean(
            Standing.points_before, Standing.member_days_before, mean_before, shrinkage
        ),
    )
    _keep_mean(season.id, bracket, mean)


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
