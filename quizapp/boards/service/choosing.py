"""Units and people to choose from: as many as a page bears, the rest found by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import COMPANY, GROUP, PLANT, PRIMARY, TEAM, WORKSHOP, normal_number

SHOWN_UNITS = 60
FOUND = 20
MANAGE = Permission.MANAGE_DISPLAYS
_HEIGHT = {GROUP: 0, COMPANY: 1, PLANT: 2, WORKSHOP: 3, TEAM: 4}


@dataclass(frozen=True)
class UnitChoice:
    """A unit that can be chosen; ``depth`` counts from 0 at the top, ``above`` is what it is in."""

    public_id: str
    name: str
    depth: int
    above: str


@dataclass(frozen=True)
class PersonChoice:
    """A person who can be honoured: a name, a number and where they work."""

    id: int
    number: str
    name: str
    post: str
    unit_name: str


def below_scope(viewer: Viewer) -> Any:
    """Return the condition that a unit lies in the viewer's scope."""
    paths = viewer.scope_paths(MANAGE)
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))


def list_units(viewer: Viewer, text: str = "", chosen: Sequence[str] = ()) -> list[UnitChoice]:
    """Return units of the viewer's scope: the upper ones, what is chosen, what ``text`` finds.

    Never more than a page bears: an organisation with thousands of teams finds them by name.
    """
    mine = [
        Unit.organisation_id == viewer.organisation_id,
        Unit.is_active,
        below_scope(viewer),
    ]
    height = case(_HEIGHT, value=Unit.kind)
    upper = select(Unit.id).where(*mine).order_by(height, Unit.path).limit(SHOWN_UNITS)
    ids = set(db.session.scalars(upper))
    if text.strip():
        named = Unit.name.contains(text.strip(), autoescape=True)
        ids |= set(
            db.session.scalars(
                select(Unit.id).where(*mine, named).order_by(height, Unit.path).limit(FOUND)
            )
        )
    if chosen:
        wanted = Unit.public_id.in_(list(chosen)[:FOUND])
        ids |= set(db.session.scalars(select(Unit.id).where(*mine, wanted)))
    units = org.get_units(ids)
    above = org.get_units(unit.parent_id for unit in units.values() if unit.parent_id)
    known = {**above, **units}
    top = min((unit.depth for unit in units.values()), default=0)

    def place(unit: org.UnitLine) -> tuple[str, ...]:
        line = (int(part) for part in unit.path.strip("/").split("/"))
        return tuple(known[i].code for i in line if i in known)

    return [
        UnitChoice(
            public_id=unit.public_id,
            name=unit.name,
            depth=unit.depth - top,
            above=above[unit.parent_id].name if unit.parent_id in above else "",
        )
        for unit in sorted(units.values(), key=place)
    ]


def find_people(viewer: Viewer, text: str) -> list[PersonChoice]:
    """Return active people of the viewer's scope whose name or number begins with ``text``."""
    starts = text.strip()
    if not starts:
        return []
    return _people(
        viewer,
        or_(
            Person.name.startswith(starts, autoescape=True),
            Person.number_key.startswith(normal_number(starts), autoescape=True),
        ),
    )


def find_person(viewer: Viewer, number: str) -> PersonChoice | None:
    """Return the active person of the viewer's scope who has this employee number, or None."""
    found = _people(viewer, Person.number_key == normal_number(number)) if number.strip() else []
    return found[0] if found else None


def _people(viewer: Viewer, which: Any) -> list[PersonChoice]:
    today = org.today(viewer.organisation_id)
    rows = db.session.execute(
        select(Person, Unit.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Person.organisation_id == viewer.organisation_id,
            Person.is_active,
            Membership.kind == PRIMARY,
            Membership.starts_on <= today,
            or_(Membership.ends_on.is_(None), Membership.ends_on > today),
            below_scope(viewer),
            which,
        )
        .order_by(Person.number_key)
        .limit(FOUND)
    )
    return [
        PersonChoice(
            id=person.id,
            number=person.employee_number,
            name=person.name,
            post=person.post or "",
            unit_name=unit_name,
        )
        for person, unit_name in rows
    ]
