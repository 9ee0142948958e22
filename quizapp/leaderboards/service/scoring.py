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

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select, update

from quizapp.core.db import db, insert
from quizapp.points import rules as points_rules
from quizapp.points.service import SeasonView

from ..models import BracketMean, Seat, Standing, UnitDay


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
    _update(
        update(Standing)
        .values(fresh)
        .where(mine, Standing.unit_id == sums.c.ranked, _differs(fresh))
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


def _differs(fresh: dict[str, Any]) -> Any:
    """Return the condition that a standing holds something else than ``fresh``."""
    return or_(*(getattr(Standing, name).is_distinct_from(value) for name, value in fresh.items()))


def _update(statement: Any) -> None:
    """Run an update of standings; what the session has read of them is read anew."""
    db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expire_all()


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


def shrunken_mean(points: Any, member_days: Any, mean: Fraction, shrinkage: int) -> Any:
    """Return ``points_rules.shrunken_mean`` of two columns as an expression of the database.

    The same fraction, brought to one numerator and one denominator: a division of whole numbers
    is exact on every database, and cuts off like ``int`` does. With a million people who have all
    they can earn the numerator stays below 2**63.
    """
    window = points_rules.WINDOW_DAYS
    size = member_days + window * shrinkage
    top, bottom = (cast(part, BigInteger) for part in (mean.numerator, mean.denominator))
    doubled = 20 * window * (points * bottom + shrinkage * top) + bottom * size
    return doubled // (2 * bottom * size)


def rank_by(season_id: int, bracket: str, *, now: Any, before: Any) -> None:
    """Write score and rank of every team of a bracket, from expressions over its standing.

    ``now`` is today's score, ``before`` that of the day before, which counts for teams that had
    people then. Ties share a rank: 1, 2, 2, 4.
    """
    mine = and_(Standing.season_id == season_id, Standing.bracket == bracket)
    had_people = Standing.member_days_before != 0
    scored = (
        select(
            Standing.unit_id,
            now.label("score"),
            had_people.label("had_people"),
            before.label("score_before"),
        )
        .where(mine)
        .subquery()
    )
    rank_before = func.rank().over(
        partition_by=scored.c.had_people, order_by=scored.c.score_before.desc()
    )
    ranked = select(
        scored.c.unit_id,
        scored.c.score,
        func.rank().over(order_by=scored.c.score.desc()).label("rank"),
        case((scored.c.had_people, rank_before)).label("rank_before"),
    ).subquery()
    fresh = {name: ranked.c[name] for name in ("score", "rank", "rank_before")}
    _update(
        update(Standing)
        .values(fresh)
        .where(mine, Standing.unit_id == ranked.c.unit_id, _differs(fresh))
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
