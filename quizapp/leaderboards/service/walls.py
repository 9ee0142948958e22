"""A workshop's board for a wall: its bracket's top, its own teams pinned."""

from __future__ import annotations

from sqlalchemy import func, select, true

from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit

from . import tables
from .rows import Place, Row, WorkshopBoard, row_of
from .shown import Shown, shown_boards

WALL_TOP = 15
WALL_OWN = 6


def get_workshop_board(organisation_id: int, unit_id: int) -> WorkshopBoard | None:
    """Return what a wall in ``unit_id`` shows: the bracket of most of its teams, its teams pinned.

    In the light profile the rows are teams by name, the own ones first, with stars and without
    ranks. None when there is no season or nobody is ranked.
    """
    shown = shown_boards(organisation_id)
    unit = org.get_units([unit_id]).get(unit_id)
    if shown is None or unit is None:
        return None
    bracket = _bracket_for(shown, unit.path)
    if bracket is None:
        return None
    below = Unit.path.startswith(unit.path, autoescape=True)
    read = _light_rows if shown.profile.is_light else _standard_rows
    rows, own = read(shown, bracket, below)
    is_shown = Unit.id.in_([row.unit_id for row in rows])
    return WorkshopBoard(
        season=shown.season,
        bracket=bracket,
        teams=tables.count_brackets(shown)[bracket][0],
        rows=rows,
        own=own,
        own_ids=frozenset(db.session.scalars(select(Unit.id).where(below, is_shown))),
        version=shown.version,
        as_of=shown.as_of,
        profile=shown.profile.profile,
        thresholds=shown.profile.thresholds if shown.profile.is_light else (),
        frozen_at=shown.frozen_at,
        reveals_at=shown.reveals_at,
    )


Rows = tuple[list[Row], list[tuple[Row, int | None, int | None]]]


def _standard_rows(shown: Shown, bracket: str, below: object) -> Rows:
    own = tables.read_top(shown, bracket, limit=WALL_OWN, among=[below])
    rows = tables.read_top(shown, bracket, limit=WALL_TOP)
    return (
        [row_of(place) for place in rows],
        [(row_of(place), *_distance(shown, bracket, place)) for place in own],
    )


def _light_rows(shown: Shown, bracket: str, below: object) -> Rows:
    """Return teams by name: all of the workshop, then others until the wall is full."""
    own = tables.read_named(shown, bracket, limit=WALL_OWN, among=[below])
    mine = {place.unit_id for place in own}
    named = tables.read_named(shown, bracket, limit=WALL_TOP)
    others = [place for place in named if place.unit_id not in mine]
    kept = [*own, *others[: WALL_TOP - len(own)]]
    stars = shown.profile.thresholds
    return (
        [row_of(place, stars) for place in kept],
        [(row_of(place, stars), None, None) for place in own],
    )


def _distance(shown: Shown, bracket: str, place: Place) -> tuple[int | None, int | None]:
    above = tables.next_place(shown, bracket, place.rank, is_better=True)
    return (above[0], above[1] - place.score) if above else (None, None)


def _bracket_for(shown: Shown, path: str) -> str | None:
    """Return the bracket in which most ranked teams below ``path`` are; else the fullest one."""
    table = shown.table
    for condition in (Unit.path.startswith(path, autoescape=True), true()):
        found = db.session.execute(
            select(table.c.bracket, func.count().label("teams"))
            .join(Unit, Unit.id == table.c.unit_id)
            .where(shown.is_of(table), condition)
            .group_by(table.c.bracket)
            .order_by(func.count().desc(), table.c.bracket)
            .limit(1)
        ).first()
        if found:
            return str(found.bracket)
    return None
