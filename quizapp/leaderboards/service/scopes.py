"""Boards of a workshop and of a company or plant: teams of all brackets, compared inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import COMPANY, PLANT, TEAM, WORKSHOP, learning_day

from .. import rules
from . import tables
from .rows import Row, row_of
from .shown import Shown, shown_boards

LISTED = 60  # teams of a workshop
FIRST = 5  # places of each bracket on the board of a company


@dataclass(frozen=True)
class Group:
    """Teams of one bracket."""

    bracket: str
    teams: int
    rows: list[Row]


@dataclass(frozen=True)
class WorkshopTeams:
    """The teams of one's workshop by name, each with its place inside its own bracket."""

    shown: Shown
    name: str
    rows: list[tuple[str, Row]]  # bracket, team
    own_id: int | None


@dataclass(frozen=True)
class Scope:
    """A unit whose first places can be looked at; ``key`` is its kind."""

    key: str
    name: str


@dataclass(frozen=True)
class CompanyBoard:
    """The first places of each bracket, of the whole organisation or of a unit in it."""

    shown: Shown
    scope: str
    scopes: tuple[Scope, ...]
    groups: list[Group]
    own_id: int | None


def get_workshop_teams(viewer: Viewer) -> WorkshopTeams | None:
    """Return the teams of the viewer's workshop; None without a board, or outside of workshops.

    Teams of different brackets are listed by name, never ranked against each other.
    """
    shown = shown_boards(viewer.organisation_id, learning_day(clock.now(), viewer.time_zone))
    workshop = _workshop(viewer)
    if shown is None or workshop is None:
        return None
    is_there = or_(Unit.id == workshop.id, Unit.parent_id == workshop.id)
    stars = shown.profile.thresholds if shown.profile.is_light else ()
    named = tables.read_all_named(shown, limit=LISTED, among=[is_there])
    return WorkshopTeams(
        shown=shown,
        name=workshop.name,
        rows=[(bracket, row_of(place, stars)) for bracket, place in named],
        own_id=viewer.unit_id,
    )


def _workshop(viewer: Viewer) -> org.UnitLine | None:
    """Return the workshop a person is in; the unit above the team where there is none."""
    units = _line_of(viewer)
    found = next((unit for unit in units if unit.kind == WORKSHOP), None)
    if found is None and units and units[-1].kind == TEAM and len(units) > 1:
        return units[-2]
    return found


def _line_of(viewer: Viewer) -> list[org.UnitLine]:
    """Return the units from the root down to the viewer's own."""
    ids = [int(part) for part in (viewer.unit_path or "").strip("/").split("/") if part]
    units = org.get_units(ids)
    return [units[unit_id] for unit_id in ids if unit_id in units]


def get_company_board(viewer: Viewer, scope: str = "") -> CompanyBoard | None:
    """Return the first places of each bracket; ``scope`` is a kind of unit above the viewer's.

    An unknown scope is the whole organisation. None without a board. In the light profile teams
    with three stars are listed by name instead.
    """
    shown = shown_boards(viewer.organisation_id, learning_day(clock.now(), viewer.time_zone))
    if shown is None:
        return None
    above = [unit for unit in _line_of(viewer) if unit.kind in (COMPANY, PLANT)]
    chosen = next((unit for unit in above if unit.kind == scope), None)
    among = [Unit.path.startswith(chosen.path, autoescape=True)] if chosen else []
    scopes = [Scope("", viewer.organisation_name), *(Scope(u.kind, u.name) for u in above)]
    groups = []
    for bracket, (teams, _low, _high) in tables.count_brackets(shown).items():
        groups.append(Group(bracket, teams, _first(shown, bracket, among)))
    return CompanyBoard(
        shown=shown,
        scope=chosen.kind if chosen else "",
        scopes=tuple(scopes),
        groups=[group for group in groups if group.rows],
        own_id=viewer.unit_id,
    )


def _first(shown: Shown, bracket: str, among: Sequence[Any]) -> list[Row]:
    if not shown.profile.is_light:
        places = tables.read_top(shown, bracket, limit=FIRST, among=among)
        return [row_of(place) for place in places]
    stars = shown.profile.thresholds
    has_all = shown.table.c.score >= stars[rules.STARS - 1]
    places = tables.read_named(shown, bracket, limit=LISTED, among=[*among, has_all])
    return [row_of(place, stars) for place in places]
