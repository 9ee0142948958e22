"""People for administrators: list, add, change, move, close, and hand out sign-in cards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from quizapp.core import audit, clock, security
from quizapp.core.db import atomic, db, end_read
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import PRIMARY, normal_name, normal_number

from .. import rules
from ..access import Viewer
from ..models import Person, RoleGrant
from ..permissions import OF_THE_BANK, Permission, Role

PAGE_LENGTH = 50


@dataclass(frozen=True)
class PersonLine:
    """A person as administrators see them: no results, no last sign-in."""

    id: int
    public_id: str
    name: str
    employee_number: str
    post: str
    is_active: bool
    has_password: bool
    unit_public_id: str | None
    unit_name: str | None
    unit_path: str | None
    roles: tuple[tuple[str, str, int], ...] = ()  # role, unit name, unit id


@dataclass(frozen=True)
class PeoplePage:
    """A page of people; ``total`` counts all that match."""

    people: list[PersonLine]
    total: int
    number: int
    has_next: bool


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """What is asked of a new person."""

    name: str
    employee_number: str
    post: str
    unit_public_id: str
    since: date


@dataclass(frozen=True)
class Card:
    """What a printed sign-in card says; the password is shown this once."""

    name: str
    employee_number: str
    unit_name: str
    password: str
    expires_on: date


def _lines(*conditions: Any) -> Any:
    today = clock.now().date()
    return (
        select(Person, Unit)
        .outerjoin(
            Membership,
            and_(
                Membership.person_id == Person.id,
                Membership.kind == PRIMARY,
                Membership.starts_on <= today,
                or_(Membership.ends_on.is_(None), Membership.ends_on > today),
            ),
        )
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(*conditions)
    )


def _in_scope(viewer: Viewer) -> Any:
    """Return the condition that a person's unit lies in the viewer's scope.

    Closed accounts have no unit any more; only a scope that is the whole organisation sees them.
    """
    paths = viewer.scope_paths(Permission.MANAGE_PEOPLE)
    below = [Unit.path.startswith(path, autoescape=True) for path in paths]
    if any(path.count("/") == 2 for path in paths):
        below.append(Unit.id.is_(None))
    return and_(Person.organisation_id == viewer.organisation_id, or_(*below))


def list_people(
    viewer: Viewer,
    *,
    below: str = "/",
    search: str = "",
    role: str = "",
    state: str = "",
    number: int = 1,
) -> PeoplePage:
    """Return page ``number`` (from 1) of the people below path ``below`` whom the viewer manages.

    ``search`` matches the start of a name, a number or a post; ``state`` is active, closed or ''.
    """
    conditions = [_in_scope(viewer)]
    if below != "/":
        conditions.append(Unit.path.startswith(below, autoescape=True))
    if search:
        starts = search.strip()
        conditions.append(
            or_(
                Person.name.startswith(starts, autoescape=True),
                Person.number_key.startswith(normal_number(starts), autoescape=True),
                Person.post.startswith(starts, autoescape=True),
            )
        )
    if role:
        conditions.append(
            select(RoleGrant.id)
            .where(RoleGrant.person_id == Person.id, RoleGrant.role == role)
            .exists()
        )
    if state:
        conditions.append(Person.is_active.is_(state == "active"))
    statement = _lines(*conditions)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = db.session.execute(
        statement.order_by(Person.is_active.desc(), Person.number_key)
        .limit(PAGE_LENGTH)
        .offset((number - 1) * PAGE_LENGTH)
    ).all()
    return PeoplePage(_with_roles(rows), total, number, number * PAGE_LENGTH < total)


def list_members(viewer: Viewer, unit_public_id: str) -> list[PersonLine]:
    """Return the active people directly in a unit, as far as the viewer manages them, by number."""
    statement = _lines(_in_scope(viewer), Unit.public_id == unit_public_id, Person.is_active)
    return _with_roles(db.session.execute(statement.order_by(Person.number_key)).all())


def _with_roles(rows: Any) -> list[PersonLine]:
    ids = [person.id for person, _unit in rows]
    scope = aliased(Unit)
    granted: dict[int, list[tuple[str, str, int]]] = {}
    for grant, name in db.session.execute(
        select(RoleGrant, scope.name)
        .join(scope, scope.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id.in_(ids))
        .order_by(RoleGrant.role)
    ):
        granted.setdefault(grant.person_id, []).append((grant.role, name, grant.unit_id))
    return [
        PersonLine(
            id=person.id,
            public_id=person.public_id,
            name=person.name,
            employee_number=person.employee_number,
            post=person.post,
            is_active=person.is_active,
            has_password=person.password_hash is not None,
            unit_public_id=unit.public_id if unit else None,
            unit_name=unit.name if unit else None,
            unit_path=unit.path if unit else None,
            roles=tuple(granted.get(person.id, ())),
        )
        for person, unit in rows
    ]


def get_person(viewer: Viewer, public_id: str) -> PersonLine:
    """Return a person of the viewer's scope; raise LookupError for anybody else."""
    row = db.session.execute(_lines(_in_scope(viewer), Person.public_id == public_id)).first()
    if row is None:
        raise LookupError(f"person {public_id}")
    return _with_roles([row])[0]


def _unit_in_scope(viewer: Viewer, public_id: str) -> org.UnitLine:
    unit = org.find_unit(viewer.organisation_id, public_id)
    if unit is None or not viewer.covers(Permission.MANAGE_PEOPLE, unit.path):
        raise Refusal(_("Choose a unit of your own scope."), field="unit", status=422)
    return unit


def create_person(
    organisation_id: int, *, name: str, number: str, post: str, is_demo: bool = False
) -> Person:
    """Add the row of a person, as part of a command; raise Refusal when the number is taken."""
    key = normal_number(number)
    if not key:
        raise Refusal(_("Please fill this in."), field="employee_number", status=422)
    if db.session.scalar(
        select(Person.id).where(Person.organisation_id == organisation_id, Person.number_key == key)
    ):
        raise Refusal(
            _("The employee number %(number)s is already taken.", number=number),
            field="employee_number",
            status=422,
        )
    person = Person(
        organisation_id=organisation_id,
        employee_number=number.strip(),
        number_key=key,
        name=normal_name(name),
        post=normal_name(post),
        is_demo=is_demo,
    )
    db.session.add(person)
    db.session.flush()
    return person


@atomic
def add_person(viewer: Viewer, new: NewPerson) -> str:
    """Create a person in a unit and return the public id."""
    unit = _unit_in_scope(viewer, new.unit_public_id)
    person = create_person(
        viewer.organisation_id, name=new.name, number=new.employee_number, post=new.post
    )
    org.join_unit(person.id, unit.id, new.since)
    _log(viewer, "people.added", person, unit=unit.code)
    return person.public_id


def _log(viewer: Viewer, action: str, person: Person, **facts: Any) -> None:
    audit.record(action, f"person:{person.public_id}", actor_id=viewer.id, **facts)


def _fetch(viewer: Viewer, public_id: str) -> Person:
    return db.session.get_one(Person, get_person(viewer, public_id).id)


def _refuse_above(viewer: Viewer, person_ids: list[int]) -> None:
    """Refuse to touch the account of somebody who administers units outside the viewer's scope.

    Who prints a card can sign in with it: a plant's administrator must not become the company's.
    """
    paths = db.session.scalars(
        select(Unit.path)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(RoleGrant.person_id.in_(person_ids), RoleGrant.role == Role.ADMIN.value)
    )
    if not all(viewer.covers(Permission.MANAGE_PEOPLE, path) for path in paths):
        raise Refusal(
            _("This person administers more than you do. A higher administrator can help."),
            status=403,
        )


@atomic
def change_person(viewer: Viewer, public_id: str, *, name: str, post: str) -> None:
    """Change a person's name and post."""
    person = _fetch(viewer, public_id)
    person.name, person.post = normal_name(name), normal_name(post)
    _log(viewer, "people.changed", person)


@atomic
def move_person(viewer: Viewer, public_id: str, unit_public_id: str, since: date) -> None:
    """Make another unit a person's primary one from ``since`` on; points stay where earned."""
    unit = _unit_in_scope(viewer, unit_public_id)
    person = _fetch(viewer, public_id)
    org.join_unit(person.id, unit.id, since)
    _log(viewer, "people.moved", person, unit=unit.code, since=since)


@atomic
def deactivate(viewer: Viewer, public_id: str) -> None:
    """Close an account: no sign-in, every session ended, no member from today on."""
    person = _fetch(viewer, public_id)
    if person.id == viewer.id:
        raise Refusal(_("You cannot close your own account."))
    _refuse_above(viewer, [person.id])
    person.is_active = False
    person.epoch += 1
    org.leave_unit(person.id, org.today(viewer.organisation_id))
    _log(viewer, "people.deactivated", person)


@atomic
def reactivate(viewer: Viewer, public_id: str, unit_public_id: str) -> None:
    """Open a closed account again, in a unit."""
    unit = _unit_in_scope(viewer, unit_public_id)
    person = _fetch(viewer, public_id)
    person.is_active = True
    org.join_unit(person.id, unit.id, org.today(viewer.organisation_id))
    _log(viewer, "people.reactivated", person, unit=unit.code)


def reset_login(viewer: Viewer, public_id: str) -> Card:
    """Give a person a new one-time password and return their card."""
    return print_cards(viewer, [public_id])[0]


def print_cards(viewer: Viewer, public_ids: list[str]) -> list[Card]:
    """Give people new one-time passwords and return their cards, in the order asked for.

    Their old passwords and sessions end. Hashing is done before the transaction.
    """
    people = [get_person(viewer, public_id) for public_id in public_ids]
    passwords = [_one_time_password() for _person in people]
    end_read()
    hashes = [security.hash_password(password) for password in passwords]
    expires_at = clock.now() + timedelta(days=rules.ONE_TIME_PASSWORD_DAYS)
    _store_one_time(viewer, [person.id for person in people], hashes, expires_at)
    return [
        Card(p.name, p.employee_number, p.unit_name or "", password, expires_at.date())
        for p, password in zip(people, passwords, strict=True)
    ]


def _one_time_password() -> str:
    """Return ten characters that survive being read from paper: 46 bits."""
    letters = "".join(secrets.choice(rules.CLEAR_ALPHABET) for _place in range(10))
    return f"{letters[:5]}-{letters[5:]}"


@atomic
def _store_one_time(viewer: Viewer, ids: list[int], hashes: list[str], expires_at: Any) -> None:
    _refuse_above(viewer, ids)
    for person_id, hashed in zip(ids, hashes, strict=True):
        person = db.session.get_one(Person, person_id)
        if person.is_demo:
            raise Refusal(_("Demo people have no passwords."))
        person.password_hash = hashed
        person.must_change_password = True
        person.password_expires_at = expires_at
        person.epoch += 1
        _log(viewer, "people.login_reset", person)


@atomic
def grant_role(viewer: Viewer, public_id: str, role: str, unit_public_id: str) -> None:
    """Give a person a role for a unit of the viewer's scope; giving it twice changes nothing.

    Raises Refusal for a role of the bank below the root: the bank belongs to everybody.
    """
    if role not in {each.value for each in Role} - {Role.EMPLOYEE.value}:
        raise Refusal(_("This role does not exist."), field="role", status=422)
    unit = _unit_in_scope(viewer, unit_public_id)
    if Role(role) in OF_THE_BANK and unit.parent_id is not None:
        raise Refusal(
            _("The question bank is one for all: give this role for the whole organisation."),
            field="unit",
            status=422,
        )
    person = _fetch(viewer, public_id)
    known = select(RoleGrant.id).where(
        RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.unit_id == unit.id
    )
    if db.session.scalar(known) is None:
        db.session.add(RoleGrant(person_id=person.id, role=role, unit_id=unit.id))
        _log(viewer, "people.role_granted", person, role=role, unit=unit.code)


@atomic
def revoke_role(viewer: Viewer, public_id: str, role: str, unit_id: int) -> None:
    """Take a role from a person; nobody takes their own administration, or one beyond theirs."""
    person = _fetch(viewer, public_id)
    if person.id == viewer.id and role == Role.ADMIN.value:
        raise Refusal(_("You cannot give up your own administration."))
    _refuse_above(viewer, [person.id])
    grant = db.session.scalar(
        select(RoleGrant).where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == role,
            RoleGrant.unit_id == unit_id,
        )
    )
    if grant is not None:
        db.session.delete(grant)
        _log(viewer, "people.role_revoked", person, role=role)
