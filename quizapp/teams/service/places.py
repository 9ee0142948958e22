"""Which team somebody asks about: their own, or one of their scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import Place
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import TEAM, learning_day
from quizapp.org.service import UnitLine

PAGE = 50
MOST_QUERY = 40


@dataclass(frozen=True)
class Team:
    """A team and the row of the boards in which its points count; ``place`` None: in none.

    ``is_merged``: it has fewer than five people, and the row is that of the unit above it.
    """

    unit: UnitLine
    place: Place | None

    @property
    def is_merged(self) -> bool:
        """Tell whether the team counts under the name of another unit."""
        return self.place is not None and self.place.unit_id != self.unit.id


@dataclass(frozen=True)
class TeamLink:
    """A team to choose."""

    public_id: str
    name: str
    workshop: str


@dataclass(frozen=True)
class TeamList:
    """A page of the teams of a scope, by their place in the tree; never by their score."""

    teams: list[TeamLink]
    query: str
    page: int
    has_more: bool


def get_own_team(viewer: Viewer) -> Team | None:
    """Return the viewer's team, or None for somebody without one."""
    if viewer.unit_id is None:
        return None
    unit = org.get_units([viewer.unit_id])[viewer.unit_id]
    return Team(unit, leaderboards.find_place(viewer.organisation_id, unit.id))


def get_team(viewer: Viewer, unit_id: str) -> Team:
    """Return a team of the viewer's scope by its public id; raise LookupError for any other."""
    unit = org.find_unit(viewer.organisation_id, unit_id)
    if unit is None or not viewer.covers(Permission.READ_AGGREGATES, unit.path):
        raise LookupError(f"unit {unit_id}")
    return Team(unit, leaderboards.find_place(viewer.organisation_id, unit.id))


def find_led_team(viewer: Viewer) -> str | None:
    """Return the public id of the viewer's own team when it is in their scope, else None."""
    path = viewer.unit_path
    if path is None or not viewer.covers(Permission.READ_AGGREGATES, path):
        return None
    unit = org.get_units([viewer.unit_id or 0])[viewer.unit_id or 0]
    return unit.public_id if unit.kind == TEAM else None


def may_lead(viewer: Viewer, team: Team) -> bool:
    """Tell whether the viewer may set goals together with this team."""
    return viewer.covers(Permission.LEAD_TEAM, team.unit.path)


def list_teams(viewer: Viewer, query: str = "", page: int = 1) -> TeamList:
    """Return a page of the teams of the viewer's scope whose name contains ``query``."""
    query = query.strip()[:MOST_QUERY]
    above = aliased(Unit)
    paths = viewer.scope_paths(Permission.READ_AGGREGATES)
    statement = (
        select(Unit.public_id, Unit.name, above.name.label("workshop"))
        .outerjoin(above, above.id == Unit.parent_id)
        .where(
            Unit.organisation_id == viewer.organisation_id,
            or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
            Unit.kind == TEAM,
            Unit.is_active,
        )
        .order_by(above.code, Unit.code)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    if query:
        statement = statement.where(
            or_(
                Unit.name.contains(query, autoescape=True),
                above.name.contains(query, autoescape=True),
            )
        )
    rows = db.session.execute(statement).all()
    teams = [TeamLink(row.public_id, row.name, row.workshop or "") for row in rows[:PAGE]]
    return TeamList(teams, query, page, has_more=len(rows) > PAGE)


def today_of(viewer: Viewer) -> date:
    """Return the learning day of the viewer's organisation."""
    return learning_day(clock.now(), viewer.time_zone)
