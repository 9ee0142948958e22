"""What the database knows of the units and people of a file, read in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import or_, select

from quizapp.core.db import db
from quizapp.org.models import Absence, Membership, Unit
from quizapp.org.rules import PRIMARY

from ...models import Person, RoleGrant
from ...permissions import Role
from .timeline import Span

CHUNK = 500  # values of one IN list, and rows of one flush
LONG_LIST = 10 * CHUNK
PASS = 5000  # rows that one pass over everybody keeps at a time

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as it is stored."""

    id: int
    parent_id: int | None
    kind: str
    name: str
    code: str
    is_active: bool


@dataclass(slots=True)
class KnownPerson:
    """A person as they are stored, with primary memberships in the order of their days."""

    id: int
    number: str
    name: str
    post: str
    is_active: bool
    is_demo: bool
    memberships: list[Span] = field(default_factory=list)
    is_away: bool = False
    roles: set[tuple[str, int]] = field(default_factory=set)

    def unit_on(self, day: date) -> int | None:
        """Return the id of the unit the person is in on ``day``; None when in none."""
        return next((span.unit for span in self.memberships if span.covers(day)), None)

    def belongs_to(self, day: date) -> int | None:
        """Return the id of the unit the person is in on ``day``, else of the next one to come."""
        for span in self.memberships:
            if span.ends is None or span.ends > day:
                return span.unit
        return None


@dataclass(frozen=True)
class Known:
    """All that a plan asks of the database; ``people`` by normal number."""

    units: Sequence[KnownUnit]
    people: Mapping[str, KnownPerson]
    administrators: Collection[int]


def read_known(organisation_id: int, keys: Collection[str], today: date) -> Known:
    """Return what is known of an organisation and of the people with these normal numbers."""
    return Known(
        units=known_units(organisation_id),
        people=known_people(organisation_id, keys, today),
        administrators=root_administrators(organisation_id),
    )


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield ``values`` in slices that fit one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def known_units(organisation_id: int) -> list[KnownUnit]:
    """Return every unit of an organisation, closed ones too, in the order of their ids."""
    rows = db.session.execute(
        select(Unit.id, Unit.parent_id, Unit.kind, Unit.name, Unit.code, Unit.is_active)
        .where(Unit.organisation_id == organisation_id)
        .order_by(Unit.id)
    )
    return [KnownUnit(*row) for row in rows]


def known_people(
    organisation_id: int, keys: Collection[str], today: date
) -> dict[str, KnownPerson]:
    """Return the people with these normal numbers, by normal number."""
    found = {
        row.number_key: KnownPerson(*row[1:]) for row in _rows_of_people(organisation_id, keys)
    }
    for part in chunks(list(found.values())):
        _add_details({person.id: person for person in part}, today)
    return found


def _rows_of_people(organisation_id: int, keys: Collection[str]) -> Iterator[Any]:
    """Yield the rows of people with these numbers.

    A long list is compared here, in one pass over the organisation: the database would look at
    every person again for each slice of the list.
    """
    statement = select(
        Person.number_key,
        Person.id,
        Person.employee_number,
        Person.name,
        Person.post,
        Person.is_active,
        Person.is_demo,
    ).where(Person.organisation_id == organisation_id)
    if len(keys) > LONG_LIST:
        rows = db.session.execute(statement.execution_options(yield_per=PASS))
        yield from (row for row in rows if row.number_key in keys)
        return
    for part in chunks(sorted(keys)):
        yield from db.session.execute(statement.where(Person.number_key.in_(part)))


def _add_details(people: dict[int, KnownPerson], today: date) -> None:
    """Fill in memberships, roles and whether somebody is away, three statements for all."""
    ids = list(people)
    if not ids:
        return
    for row in db.session.execute(
        select(
            Membership.person_id,
            Membership.unit_id,
            Membership.starts_on,
            Membership.ends_on,
            Membership.id,
        )
        .where(Membership.person_id.in_(ids), Membership.kind == PRIMARY)
        .order_by(Membership.starts_on)
    ):
        people[row.person_id].memberships.append(Span(*row[1:]))
    for person_id, role, unit_id in db.session.execute(
        select(RoleGrant.person_id, RoleGrant.role, RoleGrant.unit_id).where(
            RoleGrant.person_id.in_(ids)
        )
    ):
        people[person_id].roles.add((role, unit_id))
    for person_id in db.session.scalars(
        select(Absence.person_id).where(
            Absence.person_id.in_(ids),
            Absence.starts_on <= today,
            or_(Absence.ends_on.is_(None), Absence.ends_on > today),
        )
    ):
        people[person_id].is_away = True


def root_administrators(organisation_id: int) -> set[int]:
    """Return the ids of the people who administer the whole organisation and can sign in."""
    return set(
        db.session.scalars(
            select(RoleGrant.person_id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(
                Unit.organisation_id == organisation_id,
                Unit.parent_id.is_(None),
                RoleGrant.role == Role.ADMIN.value,
                Person.is_active,
            )
        )
    )
