"""Seating units in a season: under whose name points count, and which rows a board has."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select

from quizapp.core.db import db, insert
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.points import rules as points_rules
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Seat, Standing


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


def seat_units(season: SeasonView) -> dict[int, int | None]:
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
