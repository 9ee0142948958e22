"""What can be done with units and memberships, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from quizapp.core import audit, clock, pictures
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import UnitChanged
from ..models import Membership, Organisation, Unit, UnitHistory


@dataclass(frozen=True)
class UnitLine:
    """A unit as lists show it; ``depth`` counts from 0 at the root."""

    id: int
    public_id: str
    parent_id: int | None
    kind: str
    name: str
    code: str
    path: str
    is_active: bool
    depth: int


def _line(unit: Unit) -> UnitLine:
    return UnitLine(
        id=unit.id,
        public_id=unit.public_id,
        parent_id=unit.parent_id,
        kind=unit.kind,
        name=unit.name,
        code=unit.code,
        path=unit.path,
        is_active=unit.is_active,
        depth=unit.path.count("/") - 2,
    )


def get_organisation(organisation_id: int) -> Organisation:
    """Return the organisation; raise LookupError when there is none."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise LookupError(f"organisation {organisation_id}")
    return organisation


def list_organisations() -> list[tuple[str, str]]:
    """Return public id and name of every organisation, by name."""
    rows = db.session.execute(
        select(Organisation.public_id, Organisation.name).order_by(Organisation.name)
    )
    return [(row.public_id, row.name) for row in rows]


def find_organisation(public_id: str | None) -> Organisation | None:
    """Return the organisation named ``public_id``; the only one there is when that is empty."""
    if public_id:
        return db.session.scalar(select(Organisation).where(Organisation.public_id == public_id))
    found = db.session.scalars(select(Organisation).order_by(Organisation.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def find_logo(public_id: str) -> bytes | None:
    """Return an organisation's logo as PNG bytes, or None."""
    return db.session.scalar(select(Organisation.logo).where(Organisation.public_id == public_id))


def today(organisation_id: int, at: datetime | None = None) -> date:
    """Return the learning day of an organisation at ``at`` (now when None)."""
    zone = get_organisation(organisation_id).time_zone
    return rules.learning_day(at or clock.now(), zone)


@atomic
def found_organisation(*, name: str, time_zone: str, code: str, is_demo: bool = False) -> int:
    """Create an organisation with its root unit and return its id."""
    organisation = Organisation(name=rules.normal_name(name), time_zone=time_zone, is_demo=is_demo)
    db.session.add(organisation)
    db.session.flush()
    add_unit(organisation.id, None, kind=rules.GROUP, name=name, code=code)
    return organisation.id


@atomic
def change_logo(actor_id: int, organisation_id: int, upload: bytes) -> None:
    """Set an organisation's logo from an uploaded PNG; raise Refusal for anything else."""
    organisation = get_organisation(organisation_id)
    organisation.logo = pictures.encode_logo(upload)
    audit.record("org.logo_changed", f"organisation:{organisation.public_id}", actor_id=actor_id)


@atomic
def change_settings(actor_id: int, organisation_id: int, *, name: str, time_zone: str) -> None:
    """Set an organisation's name and time zone; raise Refusal for an unknown zone."""
    if not rules.is_time_zone(time_zone):
        raise Refusal(_("This time zone is not known."), field="time_zone", status=422)
    organisation = get_organisation(organisation_id)
    organisation.name = rules.normal_name(name)
    organisation.time_zone = time_zone
    audit.record(
        "org.settings_changed",
        f"organisation:{organisation.public_id}",
        actor_id=actor_id,
        name=name,
        time_zone=time_zone,
    )


@atomic
def add_unit(
    organisation_id: int, parent_id: int | None, *, kind: str, name: str, code: str
) -> int:
    """Create a unit below ``parent_id`` (None: the root) and return its id.

    Raises Refusal when the code is taken or the kind does not fit below the parent.
    """
    parent = db.session.get(Unit, parent_id) if parent_id else None
    if parent is not None and not rules.may_contain(parent.kind, kind):
        raise Refusal(
            _("A unit of this kind does not fit below “%(name)s”.", name=parent.name), status=422
        )
    if find_unit_by_code(organisation_id, code):
        raise Refusal(_("The code %(code)s is already taken.", code=code), field="code", status=422)
    unit = Unit(
        organisation_id=organisation_id,
        parent_id=parent_id,
        kind=kind,
        name=rules.normal_name(name),
        code=rules.normal_name(code),
    )
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    db.session.flush()
    announce(UnitChanged(unit_id=unit.id))
    return unit.id


@atomic
def change_unit(unit_id: int, *, name: str, is_active: bool = True) -> None:
    """Rename, close or open a unit; what its people earned stays with it."""
    unit = db.session.get_one(Unit, unit_id)
    if unit.name != rules.normal_name(name):
        _remember(unit, rules.RENAMED)
    unit.name = rules.normal_name(name)
    unit.is_active = is_active
    announce(UnitChanged(unit_id=unit_id))


@atomic
def close_unit(actor_id: int, unit_id: int) -> None:
    """Close a unit; raise Refusal while people or open units are in it."""
    unit = db.session.get_one(Unit, unit_id)
    below = select(Unit.id).where(Unit.parent_id == unit_id, Unit.is_active)
    if unit.parent_id is None or db.session.scalar(below.limit(1)):
        raise Refusal(_("Units lie below this one. Close or move them first."))
    if count_members(unit.organisation_id, today(unit.organisation_id)).get(unit_id):
        raise Refusal(_("People are in this unit. Move them first."))
    unit.is_active = False
    audit.record("org.unit_closed", f"unit:{unit.public_id}", actor_id=actor_id)
    announce(UnitChanged(unit_id=unit_id))


@atomic
def move_unit(unit_id: int, parent_id: int) -> None:
    """Hang a unit and all below it under another one; raise Refusal on a circle or a misfit."""
    unit, parent = db.session.get_one(Unit, unit_id), db.session.get_one(Unit, parent_id)
    if parent.path.startswith(unit.path):
        raise Refusal(_("A unit cannot lie below itself."), status=422)
    if not rules.may_contain(parent.kind, unit.kind):
        raise Refusal(
            _("A unit of this kind does not fit below “%(name)s”.", name=parent.name), status=422
        )
    if parent.id != unit.parent_id:
        _remember(unit, rules.MOVED, other_id=unit.parent_id)
    old, new = unit.path, f"{parent.path}{unit.id}/"
    unit.parent_id = parent.id
    for below in db.session.scalars(
        select(Unit).where(
            Unit.organisation_id == unit.organisation_id, Unit.path.startswith(old, autoescape=True)
        )
    ):
        below.path = new + below.path[len(old) :]
    announce(UnitChanged(unit_id=unit_id))


def _remember(unit: Unit, change: str, *, other_id: int | None = None) -> None:
    """Keep what a unit was called, and below which it lay, until today."""
    day = today(unit.organisation_id)
    db.session.add(
        UnitHistory(
            unit_id=unit.id, change=change, changed_on=day, name=unit.name, other_id=other_id
        )
    )


def find_unit_by_code(organisation_id: int, code: str) -> UnitLine | None:
    """Return the unit with this code, or None."""
    unit = db.session.scalar(
        select(Unit).where(Unit.organisation_id == organisation_id, Unit.code == code)
    )
    return _line(unit) if unit else None


def find_unit(organisation_id: int, public_id: str) -> UnitLine | None:
    """Return the organisation's unit with this public id, or None."""
    unit = db.session.scalar(
        select(Unit).where(Unit.organisation_id == organisation_id, Unit.public_id == public_id)
    )
    return _line(unit) if unit else None


def get_units(ids: Iterable[int]) -> dict[int, UnitLine]:
    """Return the units with these ids, by id."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    return {unit.id: _line(unit) for unit in db.session.scalars(_units(Unit.id.in_(wanted)))}


def list_units(
    organisation_id: int, *, below: str = "/", kinds: Sequence[str] = rules.KINDS
) -> list[UnitLine]:
    """Return the active units below path ``below``, parents before children, then by code."""
    units = db.session.scalars(
        _units(
            Unit.organisation_id == organisation_id,
            Unit.path.startswith(below, autoescape=True),
            Unit.kind.in_(kinds),
            Unit.is_active,
        )
    )
    lines = {unit.id: _line(unit) for unit in units}

    def place(line: UnitLine) -> tuple[str, ...]:
        ids = [int(part) for part in line.path.strip("/").split("/")]
        return tuple(lines[i].code if i in lines else "" for i in ids)

    return sorted(lines.values(), key=place)


def _units(*conditions: Any) -> Select[Unit]:
    return select(Unit).where(*conditions)


def root_path(organisation_id: int) -> str:
    """Return the path of the unit that is the organisation itself."""
    return db.session.scalars(
        select(Unit.path).where(Unit.organisation_id == organisation_id, Unit.parent_id.is_(None))
    ).one()


def above(unit: UnitLine, kind: str) -> int | None:
    """Return the id of the ancestor of ``unit`` (or itself) that has ``kind``, or None."""
    ids = [int(part) for part in unit.path.strip("/").split("/")]
    return db.session.scalar(select(Unit.id).where(Unit.id.in_(ids), Unit.kind == kind))


def count_members(organisation_id: int, on: date) -> dict[int, int]:
    """Return how many people are in each unit or below it on ``on``, by unit id."""
    rows = db.session.execute(
        select(Unit.path, func.count())
        .join(Membership, Membership.unit_id == Unit.id)
        .where(
            Unit.organisation_id == organisation_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on <= on,
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        )
        .group_by(Unit.path)
    )
    counts: dict[int, int] = {}
    for path, number in rows:
        for part in path.strip("/").split("/"):
            counts[int(part)] = counts.get(int(part), 0) + number
    return counts
