"""The list of teams that improved: a stretch of whole weeks beside as many before it.

Both stretches lie in the season and are scored like the board, with the bracket's own shrinkage,
so that a team of any size is as likely to gain as another. Who did not gain is written nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, delete, func, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.org.models import Unit
from quizapp.org.rules import learning_day
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Comparison, Improvement, Seat, Standing, UnitDay
from .boards import own_seat
from .shown import Shown, shown_boards
from .tables import Above

LISTED = 20


@dataclass(frozen=True)
class ImprovedRow:
    """A team whose score rose by ``gain``. ``rank`` is 0 in the light profile, ``gain`` too."""

    unit_id: int
    name: str
    workshop: str
    members: int
    rank: int
    gain: int
    is_tied: bool
    is_own: bool


@dataclass(frozen=True)
class ImprovedBoard:
    """The improvements of a bracket; ``days`` None: the season is too young to compare."""

    shown: Shown
    bracket: str
    brackets: tuple[str, ...]
    rows: list[ImprovedRow]
    days: int | None
    until: date | None
    starts_on: date  # the first day on which there is something to compare


@atomic
def count_improvements(season: SeasonView, today: date) -> bool:
    """Write which teams improved up to the day before ``today``; return whether it was to do.

    Once a day: a day that is not over would count against everybody.
    """
    until = min(today - timedelta(days=1), season.ends_on)
    known = db.session.get(Comparison, season.id)
    days = rules.comparison(season.starts_on, until)
    if days is None or (known is not None and known.until == until):
        return False
    rows = _gains(season.id, until, days)
    mine = Improvement.season_id == season.id
    db.session.execute(delete(Improvement).where(mine).execution_options(synchronize_session=False))
    if rows:
        db.session.execute(insert(Improvement), rows)
    if known is None:
        db.session.add(Comparison(season_id=season.id, until=until, days=days))
    else:
        known.until, known.days = until, days
    return True


def _gains(season_id: int, until: date, days: int) -> list[dict[str, Any]]:
    """Return the teams whose score rose, with their places inside their bracket."""
    sums = _sums(season_id, rules.stretches(until, days))
    teams: dict[str, dict[int, int]] = {bracket: {} for bracket in points_rules.SHRINKAGE}
    members: dict[int, int] = {}
    standings = db.session.execute(
        select(Standing.unit_id, Standing.bracket, Standing.members).where(
            Standing.season_id == season_id
        )
    )
    for unit_id, bracket, number in standings:
        teams[bracket][unit_id] = number
        members[unit_id] = number
    rows = []
    for bracket, units in teams.items():
        gains = _gains_of(bracket, {unit: sums[unit] for unit in units if unit in sums}, days)
        for unit_id, rank in sorted(points_rules.ranks(list(gains.items())).items()):
            rows.append(
                {
                    "season_id": season_id,
                    "unit_id": unit_id,
                    "bracket": bracket,
                    "members": members[unit_id],
                    "gain": gains[unit_id],
                    "rank": rank,
                }
            )
    return rows


Sums = tuple[tuple[int, int], tuple[int, int]]  # points and member-days, before and now


def _sums(season_id: int, parts: tuple[tuple[date, date], tuple[date, date]]) -> dict[int, Sums]:
    """Return what every row earned in two stretches, from the days of the units seated there."""

    def total(part: tuple[date, date], amount: Any) -> Any:
        return func.sum(case((UnitDay.day.between(*part), amount), else_=0))

    before, now = parts
    rows = db.session.execute(
        select(
            Seat.ranked_unit_id,
            *(total(part, UnitDay.points) for part in parts),
            *(total(part, UnitDay.members) for part in parts),
        )
        .join(UnitDay, UnitDay.unit_id == Seat.unit_id)
        .where(
            Seat.season_id == season_id,
            Seat.ranked_unit_id.is_not(None),
            UnitDay.day.between(before[0], now[1]),
        )
        .group_by(Seat.ranked_unit_id)
    )
    return {row[0]: ((int(row[1]), int(row[3])), (int(row[2]), int(row[4]))) for row in rows}


def _gains_of(bracket: str, sums: Mapping[int, Sums], days: int) -> dict[int, int]:
    """Return by how much teams of a bracket gained; only those that did, and were there before."""
    both = {unit: parts for unit, parts in sums.items() if all(part[1] for part in parts)}
    means = [
        points_rules.bracket_mean(
            [points_rules.TeamSum(unit, *parts[place]) for unit, parts in both.items()]
        )
        for place in (0, 1)
    ]
    found: dict[int, int] = {}
    for unit, parts in both.items():
        early, late = (
            rules.stretch_score(
                part[0],
                part[1],
                days=days,
                mean=mean,
                shrinkage=points_rules.SHRINKAGE[bracket],
            )
            for part, mean in zip(parts, means, strict=True)
        )
        if late > early:
            found[unit] = late - early
    return found


def compared_until(viewer: Viewer) -> date | None:
    """Return up to which day the improvements of the season to show are counted, or None."""
    season = points.season_until(
        viewer.organisation_id, learning_day(clock.now(), viewer.time_zone)
    )
    if season is None:
        return None
    return db.session.scalar(select(Comparison.until).where(Comparison.season_id == season.id))


def get_improved(viewer: Viewer, bracket: str | None = None) -> ImprovedBoard | None:
    """Return the teams of a bracket that improved; the own team's when none is named.

    None when there is no season.
    """
    today = learning_day(clock.now(), viewer.time_zone)
    shown = shown_boards(viewer.organisation_id, today)
    if shown is None:
        return None
    season = shown.season
    known = db.session.get(Comparison, season.id)
    own_id = own_seat(shown, viewer.unit_id).unit_id
    counted = db.session.execute(
        select(Standing.bracket, func.max(case((Standing.unit_id == own_id, 1), else_=0)))
        .where(Standing.season_id == season.id)
        .group_by(Standing.bracket)
    )
    brackets: dict[str, int] = {name: is_own for name, is_own in counted}
    there = tuple(name for name in points_rules.SHRINKAGE if name in brackets)
    if not there:
        return None
    own_in = next((name for name in there if brackets[name]), there[0])
    chosen = bracket if bracket in there else own_in
    return ImprovedBoard(
        shown=shown,
        bracket=str(chosen),
        brackets=there,
        rows=_listed(shown, str(chosen), own_id) if known else [],
        days=known.days if known else None,
        until=known.until if known else None,
        starts_on=season.starts_on + timedelta(days=2 * rules.WEEK_DAYS),
    )


def _listed(shown: Shown, bracket: str, own_id: int | None) -> list[ImprovedRow]:
    """Return the first places of a bracket; by name and without numbers in the light profile."""
    mine = (Improvement.season_id == shown.season.id, Improvement.bracket == bracket)
    is_light = shown.profile.is_light
    order = () if is_light else (Improvement.rank,)
    rows = db.session.execute(
        select(Improvement, Unit.name, func.coalesce(Above.name, ""))
        .join(Unit, Unit.id == Improvement.unit_id)
        .outerjoin(Above, Above.id == Unit.parent_id)
        .where(*mine, Improvement.rank <= LISTED)
        .order_by(*order, Unit.name, Unit.id)
        .limit(LISTED)
    ).all()
    places = [row.Improvement.rank for row in rows]
    return [
        ImprovedRow(
            unit_id=found.unit_id,
            name=name,
            workshop=workshop,
            members=found.members,
            rank=0 if is_light else found.rank,
            gain=0 if is_light else found.gain,
            is_tied=not is_light and places.count(found.rank) > 1,
            is_own=found.unit_id == own_id,
        )
        for found, name, workshop in rows
    ]
