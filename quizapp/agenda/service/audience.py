"""Whom a task may be for: units and people of one's own scope, found by the tree or by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import PRIMARY, normal_number
from quizapp.org.service import UnitLine

from .. import rules
from .tasks import today_of

ASSIGN = Permission.ASSIGN_TASKS
SHOWN_UNITS = 60  # more are found by their name
FOUND = 20


@dataclass(frozen=True)
class Somebody:
    """A person as those who assign see them: name, number and unit, nothing they did."""

    id: int
    public_id: str
    name: str
    number: str
    unit_name: str
    unit_path: str


@dataclass(frozen=True)
class UnitChoice:
    """A unit that can be chosen; ``depth`` counts from 0 at the top of one's scope."""

    public_id: str
    name: str
    depth: int
    above: str


@dataclass(frozen=True)
class Chosen:
    """Whom somebody chose."""

    units: list[UnitLine]
    people: list[Somebody]

    @property
    def audience(self) -> rules.Audience:
        """Return it as the rules count it."""
        return rules.Audience(
            frozenset(unit.path for unit in self.units),
            {person.id: person.unit_path for person in self.people},
        )

    @property
    def named_paths(self) -> list[tuple[str, str]]:
        """Return the name and the path of each unit and person."""
        return [(unit.name, unit.path) for unit in self.units] + [
            (person.name, person.unit_path) for person in self.people
        ]


def membership_on(day: date) -> Any:
    """Return the condition that joins a person to the membership that holds on ``day``."""
    return and_(
        Membership.person_id == Person.id,
        Membership.kind == PRIMARY,
        Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on > day),
    )


def below_any(paths: Iterable[str]) -> Any:
    """Return the condition that a unit is one of ``paths`` or lies below one."""
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))


def _people(viewer: Viewer, *conditions: Any) -> Select[*tuple[Any, ...]]:
    """Select people of the viewer's own scope; nobody else can be found, chosen or counted."""
    return (
        select(Person, Unit)
        .join(Membership, membership_on(today_of(viewer)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Person.organisation_id == viewer.organisation_id,
            Person.is_active,
            below_any(viewer.scope_paths(ASSIGN)),
            *conditions,
        )
        .order_by(Person.number_key)
    )


def _somebody(statement: Select[*tuple[Any, ...]]) -> list[Somebody]:
    return [
        Somebody(
            id=person.id,
            public_id=person.public_id,
            name=person.name,
            number=person.employee_number,
            unit_name=unit.name,
            unit_path=unit.path,
        )
        for person, unit in db.session.execute(statement)
    ]


def choose(viewer: Viewer, units: Sequence[str], people: Sequence[str]) -> Chosen:
    """Return the units and people with these public ids.

    Raises Refusal for none, for too many, and for any that is not in the viewer's scope.
    """
    if not units and not people:
        raise Refusal(_("Choose at least one unit or person."), field="units", status=422)
    if len(units) > rules.MAX_UNITS or len(people) > rules.MAX_PEOPLE:
        raise Refusal(
            _(
                "At most %(units)s units and %(people)s people at once. "
                "A unit higher up takes in all below it.",
                units=rules.MAX_UNITS,
                people=rules.MAX_PEOPLE,
            ),
            field="units",
            status=422,
        )
    found = [org.find_unit(viewer.organisation_id, public_id) for public_id in dict.fromkeys(units)]
    if not all(unit and unit.is_active and viewer.covers(ASSIGN, unit.path) for unit in found):
        raise Refusal(_("Choose units of your own scope."), field="units", status=422)
    wanted = set(people)
    named = _somebody(_people(viewer, Person.public_id.in_(wanted))) if wanted else []
    if len(named) < len(wanted):
        raise Refusal(_("Choose people of your own scope."), field="units", status=422)
    return Chosen(_without_inner([unit for unit in found if unit]), named)


def _without_inner(units: list[UnitLine]) -> list[UnitLine]:
    """Leave out units that another chosen one takes in."""
    return [
        unit
        for unit in units
        if not any(unit.path != other.path and unit.path.startswith(other.path) for other in units)
    ]


def search_people(viewer: Viewer, text: str) -> list[Somebody]:
    """Return people of the viewer's scope whose name or number begins with ``text``."""
    starts = text.strip()
    if not starts:
        return []
    matches = or_(
        Person.name.startswith(starts, autoescape=True),
        Person.number_key.startswith(normal_number(starts), autoescape=True),
    )
    return _somebody(_people(viewer, matches).limit(FOUND))


def list_chosen_people(viewer: Viewer, public_ids: Sequence[str]) -> list[Somebody]:
    """Return those of these people who are in the viewer's scope."""
    wanted = list(public_ids)[: rules.MAX_PEOPLE]
    return _somebody(_people(viewer, Person.public_id.in_(wanted))) if wanted else []


def list_units(viewer: Viewer, text: str = "", chosen: Sequence[str] = ()) -> list[UnitChoice]:
    """Return units of the viewer's scope: the top of the tree, what is chosen, what ``text`` finds.

    A scope of thousands of teams shows as many levels as fit; the rest is found by name.
    """
    units = [
        unit
        for path in viewer.scope_paths(ASSIGN)
        for unit in org.list_units(viewer.organisation_id, below=path)
    ]
    top = min((unit.depth for unit in units), default=0)
    deepest = max(
        (
            depth
            for depth in {unit.depth for unit in units}
            if sum(unit.depth <= depth for unit in units) <= SHOWN_UNITS
        ),
        default=top,
    )
    wanted = text.strip()
    found = [unit for unit in units if wanted and wanted in unit.name][:FOUND]
    names = {unit.id: unit.name for unit in units}
    shown = {unit.id for unit in units if unit.depth <= deepest or unit.public_id in chosen}
    shown |= {unit.id for unit in found}
    return [
        UnitChoice(
            public_id=unit.public_id,
            name=unit.name,
            depth=unit.depth - top,
            above=names.get(unit.parent_id or 0, ""),
        )
        for unit in units
        if unit.id in shown
    ]
