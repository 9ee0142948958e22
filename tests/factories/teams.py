"""Many teams at once, with their people, written in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

from sqlalchemy import insert, select, update

from quizapp.accounts.models import Person
from quizapp.core.db import atomic, db
from quizapp.core.security import public_id
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import TEAM
from tests.factories.people import SINCE

_numbers = count(100_000)


@atomic
def teams(
    organisation_id: int,
    parent_id: int,
    sizes: Sequence[int],
    *,
    name: str = "班",
    since: date = SINCE,
) -> list[int]:
    """Create teams of these sizes below ``parent_id`` and return their ids."""
    path = db.session.get_one(Unit, parent_id).path
    units = [
        {
            "public_id": public_id(),
            "organisation_id": organisation_id,
            "parent_id": parent_id,
            "kind": TEAM,
            "name": f"{name}{place:03}",
            "code": f"T{next(_numbers)}",
            "path": "",
        }
        for place in range(1, len(sizes) + 1)
    ]
    ids = list(
        db.session.scalars(insert(Unit).returning(Unit.id, sort_by_parameter_order=True), units)
    )
    db.session.execute(
        update(Unit), [{"id": unit_id, "path": f"{path}{unit_id}/"} for unit_id in ids]
    )
    join(
        organisation_id,
        [unit for unit, size in zip(ids, sizes, strict=True) for _p in range(size)],
        since,
    )
    return ids


@atomic
def join(organisation_id: int, units: Sequence[int], since: date = SINCE) -> list[int]:
    """Create a person for each unit of the list and return their ids, in its order."""
    if not units:
        return []
    numbers = [str(next(_numbers)) for _unit in units]
    people = list(
        db.session.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True),
            [
                {
                    "public_id": public_id(),
                    "organisation_id": organisation_id,
                    "employee_number": number,
                    "number_key": number,
                    "name": f"同事{number}",
                    "consent": "granted",
                }
                for number in numbers
            ],
        )
    )
    db.session.execute(
        insert(Membership),
        [
            {"person_id": person, "unit_id": unit, "starts_on": since}
            for person, unit in zip(people, units, strict=True)
        ],
    )
    return people


def members_of(unit_id: int) -> list[int]:
    """Return the people who are or were in a unit, the first ones first."""
    return list(
        db.session.scalars(
            select(Membership.person_id)
            .where(Membership.unit_id == unit_id)
            .order_by(Membership.person_id)
        )
    )
