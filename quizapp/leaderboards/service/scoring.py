"""Scoring: sum the window of every ranked unit, then score and rank its bracket as a whole.

The mean of a bracket moves with every point, so a touched bracket is always rescored completely:
what stands on the board is exactly what a rebuild from the ledger gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from quizapp.core.db import db, insert
from quizapp.points import rules as points_rules
from quizapp.points.service import SeasonView

from ..models import BracketMean, Seat, Standing, UnitDay


def sum_standings(season: SeasonView, ranked: Collection[Any] | None, today: date) -> set[str]:
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
    shown = {row.unit_id: (row.score, row.rank_before) for row in rows}
    return {
        unit_id
        for unit_id, old in shown.items()
        if old != (scores[unit_id], ranks_before.get(unit_id))
    }


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
