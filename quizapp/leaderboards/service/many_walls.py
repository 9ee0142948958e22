"""The boards of many walls at once: what a bracket has in common is read once."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit

from .. import rules
from .rows import Row, WorkshopBoard
from .shown import Shown, shown_boards
from .walls import WALL_OWN, get_workshop_board

FEW = 3  # so many walls are read one by one: a walk over the whole season would cost more

Ranked = Any  # a row of the walk: standing and unit


@dataclass(frozen=True)
class _Season:
    """A walk over the standings of a season, sorted into what the walls ask for."""

    below: dict[int, list[Ranked]]  # by the unit of a wall, in the order of a board
    sizes: Counter[str]  # teams of each bracket
    places: Counter[tuple[str, int]]  # teams at each rank
    scores: dict[str, list[tuple[int, int]]]  # ranks and scores of each bracket, the best first


def get_workshop_boards(
    organisation_id: int, unit_ids: Iterable[int]
) -> dict[int, WorkshopBoard | None]:
    """Return what ``get_workshop_board`` does, for each of many units.

    The first wall of a bracket is read as always. The others differ from it by their own teams
    only, and these come from one walk over the standings, whatever the number of walls. In the
    light profile each wall has rows of its own and is read by itself.
    """
    wanted = sorted(set(unit_ids))
    shown = shown_boards(organisation_id)
    if shown is None or shown.profile.is_light or len(wanted) <= FEW:
        return {unit_id: get_workshop_board(organisation_id, unit_id) for unit_id in wanted}
    season = _walk(shown, set(wanted))
    models: dict[str, WorkshopBoard | None] = {}
    brackets = {unit_id: _bracket_of(season, unit_id) for unit_id in wanted}
    for unit_id, bracket in brackets.items():
        if bracket not in models:
            models[bracket] = get_workshop_board(organisation_id, unit_id)
    workshops = _workshops(season, brackets)
    return {
        unit_id: _seen_from(unit_id, models[bracket], season, workshops)
        for unit_id, bracket in brackets.items()
    }


def _walk(shown: Shown, unit_ids: set[int]) -> _Season:
    table = shown.table
    rows = db.session.execute(
        select(
            table.c.unit_id,
            table.c.bracket,
            table.c.rank,
            table.c.score,
            table.c.members,
            table.c.rank_before,
            Unit.name,
            Unit.path,
            Unit.parent_id,
        )
        .join(Unit, Unit.id == table.c.unit_id)
        .where(shown.is_of(table))
        .order_by(table.c.bracket, table.c.rank, Unit.name, table.c.unit_id)
    ).all()
    season = _Season(defaultdict(list), Counter(), Counter(), defaultdict(list))
    for row in rows:
        season.sizes[row.bracket] += 1
        season.places[row.bracket, row.rank] += 1
        if season.places[row.bracket, row.rank] == 1:
            season.scores[row.bracket].append((row.rank, row.score))
        for part in row.path.strip("/").split("/"):
            if int(part) in unit_ids:
                season.below[int(part)].append(row)
    return season


def _bracket_of(season: _Season, unit_id: int) -> str:
    """Return the bracket of most teams below a unit, else the fullest one; empty for no season."""
    own = Counter(row.bracket for row in season.below.get(unit_id, ()))
    counted = own or season.sizes
    return min(counted, key=lambda bracket: (-counted[bracket], bracket), default="")


def _own(season: _Season, unit_id: int, bracket: str) -> list[Ranked]:
    below = season.below.get(unit_id, ())
    return [row for row in below if row.bracket == bracket][:WALL_OWN]


def _workshops(season: _Season, brackets: dict[int, str]) -> dict[int, str]:
    """Return the names of the units above all own teams, in one statement."""
    owns = (row for unit_id, bracket in brackets.items() for row in _own(season, unit_id, bracket))
    units = org.get_units({row.parent_id for row in owns if row.parent_id})
    return {unit.id: unit.name for unit in units.values()}


def _seen_from(
    unit_id: int,
    model: WorkshopBoard | None,
    season: _Season,
    workshops: dict[int, str],
) -> WorkshopBoard | None:
    if model is None:
        return None
    shown = {row.unit_id: row for row in model.rows}
    below = {row.unit_id for row in season.below.get(unit_id, ())}
    own = []
    for row in _own(season, unit_id, model.bracket):
        line = shown.get(row.unit_id) or _line(row, season, workshops)
        own.append((line, *_distance(season, row)))
    return replace(model, own=own, own_ids=frozenset(below & shown.keys()))


def _line(row: Ranked, season: _Season, workshops: dict[int, str]) -> Row:
    return Row(
        unit_id=row.unit_id,
        name=row.name,
        workshop=workshops.get(row.parent_id or 0, ""),
        members=row.members,
        rank=row.rank,
        score=row.score,
        move=rules.move(row.rank, row.rank_before),
        is_tied=season.places[row.bracket, row.rank] > 1,
    )


def _distance(season: _Season, row: Ranked) -> tuple[int | None, int | None]:
    """Return the next better rank and the points missing to it; Nones at the top."""
    places = season.scores[row.bracket]
    here = bisect_left(places, row.rank, key=lambda place: place[0])
    if here == 0:
        return None, None
    rank, score = places[here - 1]
    return rank, score - row.score
