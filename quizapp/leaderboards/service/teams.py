"""One team's place and its days, as the page of a team needs them: sums only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from quizapp.core.db import db
from quizapp.org.models import Unit
from quizapp.points.rules import TeamSum
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Board, Seat, Standing, UnitDay
from .shown import shown_boards

AT_ONCE = 500  # below every database's limit of parameters


@dataclass(frozen=True)
class Place:
    """Where a unit's points count in the running season, and how that row stands.

    ``unit_id`` is the row's unit: the team itself, or the one it is merged with. ``unit_ids`` are
    all units that count in the row, ``members`` how many eligible people they have today. ``above``
    is a team at the next better place, None at the top; ``whole`` is the whole bracket.
    ``is_still``: the boards are frozen before a ceremony, so score and rank are told to nobody.
    """

    season: SeasonView
    unit_id: int
    unit_ids: tuple[int, ...]
    name: str
    workshop: str
    bracket: str
    members: int
    teams: int
    rank: int
    is_tied: bool
    score: int
    climbed: int
    next_rank: int | None
    next_score: int | None
    own: TeamSum
    above: TeamSum | None
    whole: TeamSum
    as_of: datetime
    day: date
    is_still: bool = False


@dataclass(frozen=True)
class DaySum:
    """What the units of a row earned on a day, and how many eligible members they had."""

    day: date
    points: int
    members: int


def find_place(organisation_id: int, unit_id: int) -> Place | None:
    """Return a unit's place in the season to show; None without a season, a seat or a rank."""
    shown = shown_boards(organisation_id)
    if shown is None:
        return None
    season = shown.season
    above = aliased(Unit)
    row = db.session.execute(
        select(Standing, Unit.name, above.name.label("workshop"), Board.as_of, Board.day)
        .join(Seat, (Seat.season_id == Standing.season_id))
        .join(Unit, Unit.id == Standing.unit_id)
        .join(Board, Board.season_id == Standing.season_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(
            Seat.season_id == season.id,
            Seat.unit_id == unit_id,
            Standing.unit_id == Seat.ranked_unit_id,
        )
    ).first()
    if row is None or not row.Standing.rank:
        return None
    standing: Standing = row.Standing
    better = _better(standing)
    teams, ties, points, member_days = _bracket(standing)
    climbed = rules.move(standing.rank, standing.rank_before) or 0
    units = units_of_row(season.id, standing.unit_id)
    return Place(
        season=season,
        unit_id=standing.unit_id,
        unit_ids=units,
        name=row.name,
        workshop=row.workshop or "",
        bracket=standing.bracket,
        members=_members(units, row.day),
        teams=teams,
        rank=standing.rank,
        is_tied=ties > 1,
        score=standing.score,
        climbed=max(0, climbed),
        next_rank=better.rank if better else None,
        next_score=better.score if better else None,
        own=_sum(standing),
        above=_sum(better) if better else None,
        whole=TeamSum(0, points, member_days),
        as_of=row.as_of,
        day=row.day,
        is_still=shown.freeze_id is not None,
    )


def _sum(standing: Standing) -> TeamSum:
    return TeamSum(standing.unit_id, standing.points, standing.member_days)


def _better(standing: Standing) -> Standing | None:
    """Return a row at the next better place of the bracket, or None at the top."""
    return db.session.scalar(
        select(Standing)
        .where(
            Standing.season_id == standing.season_id,
            Standing.bracket == standing.bracket,
            Standing.rank < standing.rank,
        )
        .order_by(Standing.rank.desc(), Standing.unit_id)
        .limit(1)
    )


def _bracket(standing: Standing) -> Any:
    """Return of a bracket: its rows, those that share this rank, its points and member-days."""
    return db.session.execute(
        select(
            func.count(),
            func.count().filter(Standing.rank == standing.rank),
            func.sum(Standing.points),
            func.sum(Standing.member_days),
        ).where(Standing.season_id == standing.season_id, Standing.bracket == standing.bracket)
    ).one()


def units_of_row(season_id: int, ranked_unit_id: int) -> tuple[int, ...]:
    """Return the ids of the units that count in a row of a season's boards."""
    return tuple(
        db.session.scalars(
            select(Seat.unit_id)
            .where(Seat.season_id == season_id, Seat.ranked_unit_id == ranked_unit_id)
            .order_by(Seat.unit_id)
        )
    )


def _members(unit_ids: Collection[int], day: date) -> int:
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(UnitDay.members), 0)).where(
                UnitDay.unit_id.in_(list(unit_ids)), UnitDay.day == day
            )
        )
        or 0
    )


def sums_of_rows(
    season_id: int, unit_ids: Collection[int], first: date, last: date
) -> dict[int, list[DaySum]]:
    """Return the days from ``first`` to ``last`` of each row, added up over its units, in order.

    ``unit_ids`` name rows of the season's boards; one without a day has an empty list.
    """
    wanted = sorted(unit_ids)
    found: dict[int, list[DaySum]] = defaultdict(list)
    for start in range(0, len(wanted), AT_ONCE):
        rows = db.session.execute(
            select(
                Seat.ranked_unit_id,
                UnitDay.day,
                func.sum(UnitDay.points),
                func.sum(UnitDay.members),
            )
            .join(UnitDay, UnitDay.unit_id == Seat.unit_id)
            .where(
                Seat.season_id == season_id,
                Seat.ranked_unit_id.in_(wanted[start : start + AT_ONCE]),
                UnitDay.day.between(first, last),
            )
            .group_by(Seat.ranked_unit_id, UnitDay.day)
            .order_by(UnitDay.day)
        )
        for unit_id, day, points, members in rows:
            if unit_id is not None:
                found[unit_id].append(DaySum(day, int(points), int(members)))
    return {unit_id: found[unit_id] for unit_id in wanted}
