"""Scoring: sum what counts of every ranked unit, then score and rank its bracket as a whole.

The mean of a bracket moves with every point, so a touched bracket is always rescored completely:
what stands on the board is exactly what a rebuild from the ledger gives. Each season has one
method; ``_scores`` is the only place that knows them all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from quizapp.core.db import db, insert
from quizapp.org import service as org
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.rules import BEST_K, TOTAL, TeamSum
from quizapp.points.service import SeasonView

from .. import rules
from ..models import BracketMean, Seat, Standing, UnitDay


@dataclass(frozen=True)
class Line:
    """What a team has at the end of a season; ``gain`` None: nothing to compare."""

    unit_id: int
    bracket: str
    members: int
    points: int
    member_days: int
    score: int
    rank: int
    gain: int | None


def sum_standings(season: SeasonView, ranked: Collection[Any] | None, today: date) -> set[str]:
    """Sum the window of each ranked unit (None: all), today's and yesterday's; return brackets."""
    first, last = points_rules.window(season.starts_on, today, season.method)
    yesterday = today - timedelta(days=1)
    first_before = points_rules.window(season.starts_on, yesterday, season.method)[0]
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
    if season.method == BEST_K:
        _sum_best(season, {row["ranked"] for row in rows}, today)
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
    counted = _counted(_members(season.id))
    now = points.best_sums(seats, counted, season.starts_on, today)
    before = points.best_sums(seats, counted, season.starts_on, today - timedelta(days=1))
    _update_standings(
        [
            {"season": season.id, "ranked": row, "now": now[row], "then": before[row]}
            for row in sorted(now)
        ],
        best=bindparam("now"),
        best_before=bindparam("then"),
    )


def _members(season_id: int) -> dict[int, tuple[str, int]]:
    """Return bracket and members of every row, as they were when the season started."""
    rows = db.session.execute(
        select(Standing.unit_id, Standing.bracket, Standing.members).where(
            Standing.season_id == season_id
        )
    )
    return {row.unit_id: (row.bracket, row.members) for row in rows}


def _counted(members: Mapping[int, tuple[str, int]]) -> dict[int, int]:
    """Return how many contributions to an activity count in each row."""
    return {row: points_rules.best_k(number) for row, (_bracket, number) in members.items()}


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


def rescore(season: SeasonView, brackets: Iterable[str]) -> None:
    """Score and rank every team of these brackets anew."""
    for bracket in sorted(brackets):
        _rescore_bracket(season, bracket)


def _rescore_bracket(season: SeasonView, bracket: str) -> None:
    """Score and rank every team of a bracket; write the rows that changed and the mean used."""
    rows = db.session.execute(
        select(Standing.__table__).where(
            Standing.season_id == season.id, Standing.bracket == bracket
        )
    ).all()
    now = [TeamSum(row.unit_id, row.points, row.member_days) for row in rows]
    before = [
        TeamSum(row.unit_id, row.points_before, row.member_days_before)
        for row in rows
        if row.member_days_before
    ]
    mean, mean_before = points_rules.bracket_mean(now), points_rules.bracket_mean(before)
    best = {row.unit_id: row.best for row in rows}
    best_before = {row.unit_id: row.best_before for row in rows}
    scores = _scores(season.method, bracket, now, mean, best)
    ranks = points_rules.ranks(list(scores.items()))
    scores_before = _scores(season.method, bracket, before, mean_before, best_before)
    ranks_before = points_rules.ranks(list(scores_before.items()))
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


def _scores(
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


def score_bracket(
    method: str, bracket: str, teams: list[TeamSum], best: Mapping[int, int]
) -> dict[int, int]:
    """Return the score of each team of a bracket, shrunk to the mean of these very teams.

    ``best`` holds what ``best_k`` adds up; other methods do not look at it.
    """
    return _scores(method, bracket, teams, points_rules.bracket_mean(teams), best)


def settle_standings(season: SeasonView, lines: Iterable[Line]) -> None:
    """Make the standings of a season those of its end, for the boards that still show them."""
    _update_standings(
        [
            {
                "season": season.id,
                "ranked": line.unit_id,
                "now": line.points,
                "days_now": line.member_days,
                "new_score": line.score,
                "new_rank": line.rank,
            }
            for line in lines
        ],
        points=bindparam("now"),
        member_days=bindparam("days_now"),
        score=bindparam("new_score"),
        rank=bindparam("new_rank"),
    )


def score_without(season: SeasonView, standing: Standing, amount: int) -> int | None:
    """Return a team's score without ``amount`` of its points, as the board stands.

    None by ``best_k``: whether points counted among the best says something about a person.
    """
    if season.method == BEST_K:
        return None
    mean = db.session.get_one(BracketMean, (season.id, standing.bracket))
    team = TeamSum(standing.unit_id, max(0, standing.points - amount), standing.member_days)
    exact = Fraction(mean.numerator, mean.denominator)
    return _scores(season.method, standing.bracket, [team], exact, {})[standing.unit_id]


def final_lines(
    season: SeasonView, seated: Mapping[int, int | None], *, until: datetime
) -> list[Line]:
    """Return what every row of a season comes to, from the ledger as it was at ``until``.

    Nothing that was computed before is used but seats and sizes, which the season began with.
    """
    seats = {unit_id: seat for unit_id, seat in seated.items() if seat is not None}
    sizes = _members(season.id)
    first, last = points_rules.window(season.starts_on, season.ends_on, season.method)
    sums = _row_sums(season, seats, first, last, until)
    best = _best_until(season, seats, sizes, until) if season.method == BEST_K else {}
    gains = _gains(season, seats, sizes, until)
    lines: list[Line] = []
    for bracket in points_rules.SHRINKAGE:
        teams = [sums[row] for row, (known, _number) in sorted(sizes.items()) if known == bracket]
        scores = score_bracket(season.method, bracket, teams, best)
        ranks = points_rules.ranks(list(scores.items()))
        lines += [
            Line(
                unit_id=team.unit_id,
                bracket=bracket,
                members=sizes[team.unit_id][1],
                points=team.points,
                member_days=team.member_days,
                score=scores[team.unit_id],
                rank=ranks[team.unit_id],
                gain=gains.get(team.unit_id),
            )
            for team in teams
        ]
    return lines


def _row_sums(
    season: SeasonView, seats: Mapping[int, int], first: date, last: date, until: datetime
) -> dict[int, TeamSum]:
    """Return points and member-days of every row from ``first`` to ``last``."""
    earned = points.sums_of_units(seats, first, last, until=until)
    member_days = org.member_days(season.organisation_id, first, last)
    totals: dict[int, list[int]] = {row: [0, 0] for row in _members(season.id)}
    for unit_id, row in seats.items():
        if row in totals:
            totals[row][0] += earned.get(unit_id, 0)
            totals[row][1] += member_days.get(unit_id, 0)
    return {row: TeamSum(row, *sums) for row, sums in totals.items()}


def _best_until(
    season: SeasonView,
    seats: Mapping[int, int],
    sizes: Mapping[int, tuple[str, int]],
    until: datetime,
) -> dict[int, int]:
    rows = {unit_id: row for unit_id, row in seats.items() if row in sizes}
    found = points.best_sums(rows, _counted(sizes), season.starts_on, season.ends_on, until=until)
    return {row: found.get(row, 0) for row in sizes}


def _gains(
    season: SeasonView,
    seats: Mapping[int, int],
    sizes: Mapping[int, tuple[str, int]],
    until: datetime,
) -> dict[int, int]:
    """Return by how much the second half of a season was better than the first, by row.

    Both are scored by the mean, whatever the method, for it alone treats sizes alike; and each
    against the mean of its bracket, so that a busy fortnight of everybody is nobody's gain.
    """
    parts = rules.halves(season.starts_on, season.ends_on)
    if parts is None:
        return {}
    sums = [_row_sums(season, seats, first, last, until) for first, last in parts]
    gains: dict[int, int] = {}
    for bracket in points_rules.SHRINKAGE:
        rows = [row for row, (known, _number) in sizes.items() if known == bracket]
        early, late = (_leads(bracket, [half[row] for row in rows]) for half in sums)
        gains |= {row: late[row] - early[row] for row in early.keys() & late.keys()}
    return gains


def _leads(bracket: str, teams: list[TeamSum]) -> dict[int, int]:
    """Return by how much each team with members is above the mean of its bracket."""
    mean = points_rules.bracket_mean(teams)
    middle = points_rules.shrunken_mean(0, 0, mean, points_rules.SHRINKAGE[bracket])
    present = [team for team in teams if team.member_days]
    scores = _scores(points_rules.SHRUNKEN_MEAN, bracket, present, mean, {})
    return {unit_id: score - middle for unit_id, score in scores.items()}


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
