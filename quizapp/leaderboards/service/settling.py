"""Settling: what a season comes to at its end, from the ledger as it was at a moment.

Nothing that the moving boards computed is used but seats and sizes, which the season began with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam

from quizapp.org import service as org
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.rules import BEST_K, TeamSum
from quizapp.points.service import SeasonView

from .. import rules
from .scoring import counted, scores_of, sizes_of, update_standings


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


def score_bracket(
    method: str, bracket: str, teams: list[TeamSum], best: Mapping[int, int]
) -> dict[int, int]:
    """Return the score of each team of a bracket, shrunk to the mean of these very teams.

    ``best`` holds what ``best_k`` adds up; other methods do not look at it.
    """
    return scores_of(method, bracket, teams, points_rules.bracket_mean(teams), best)


def settle_standings(season: SeasonView, lines: Iterable[Line]) -> None:
    """Make the standings of a season those of its end, for the boards that still show them."""
    update_standings(
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


def final_lines(
    season: SeasonView, seated: Mapping[int, int | None], *, until: datetime
) -> list[Line]:
    """Return what every row of a season comes to, from the ledger as it was at ``until``.

    Nothing that was computed before is used but seats and sizes, which the season began with.
    """
    seats = {unit_id: seat for unit_id, seat in seated.items() if seat is not None}
    sizes = sizes_of(season.id)
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
    totals: dict[int, list[int]] = {row: [0, 0] for row in sizes_of(season.id)}
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
    found = points.best_sums(rows, counted(sizes), season.starts_on, season.ends_on, until=until)
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
    scores = scores_of(points_rules.SHRUNKEN_MEAN, bracket, present, mean, {})
    return {unit_id: score - middle for unit_id, score in scores.items()}
