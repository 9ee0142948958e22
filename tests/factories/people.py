"""Organisations and people for tests: a fixed cast, so that permission tests read like stories.

Alice leads the team, Bob is in it, Dana administers their company. Charlie and his administrator
Carol belong to another company and must see nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person, RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.core.db import atomic, db
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit

SINCE = date(2026, 1, 1)


@dataclass
class World:
    """Two companies and their people; every value is an id."""

    organisation: int
    plant: int
    workshop: int
    team: int
    other_organisation: int
    other_team: int
    people: dict[str, int] = field(default_factory=dict)


def person(
    organisation_id: int,
    unit_id: int,
    name: str,
    number: str,
    *,
    consent: str = "granted",
    since: date = SINCE,
    role: Role | None = None,
) -> int:
    """Create a person in a unit and return the id."""
    made = Person(
        organisation_id=organisation_id,
        employee_number=number,
        number_key=org_rules.normal_number(number),
        name=name,
        consent=consent,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(Membership(person_id=made.id, unit_id=unit_id, starts_on=since))
    if role:
        db.session.add(RoleGrant(person_id=made.id, role=role.value, unit_id=unit_id))
    db.session.flush()
    return made.id


def unit(organisation_id: int, parent_id: int | None, kind: str, name: str, code: str) -> int:
    """Create a unit and return its id."""
    return org.add_unit(organisation_id, parent_id, kind=kind, name=name, code=code)


@atomic
def world(team_size: int = 8) -> World:
    """Create the cast: a team of ``team_size`` with Alice and Bob, and another company."""
    organisation = org.found_organisation(name="甲集团", time_zone="Asia/Shanghai", code="A")
    root = org.find_unit_by_code(organisation, "A")
    other = org.found_organisation(name="乙集团", time_zone="Asia/Shanghai", code="B")
    other_root = org.find_unit_by_code(other, "B")
    assert root
    assert other_root
    plant = unit(organisation, root.id, org_rules.PLANT, "一厂", "A1")
    workshop = unit(organisation, plant, org_rules.WORKSHOP, "焊装车间", "A11")
    team = unit(organisation, workshop, org_rules.TEAM, "焊装一班", "A111")
    other_team = unit(other, other_root.id, org_rules.TEAM, "外厂一班", "B1")
    made = World(organisation, plant, workshop, team, other, other_team)
    made.people = {
        "alice": person(organisation, team, "Alice", "1001", role=Role.LEADER),
        "bob": person(organisation, team, "Bob", "1002"),
        "dana": person(organisation, root.id, "Dana", "1003", role=Role.ADMIN),
        "charlie": person(other, other_team, "Charlie", "1002"),
        "carol": person(other, other_root.id, "Carol", "1001", role=Role.ADMIN),
    }
    for place in range(team_size - 2):
        person(organisation, team, f"同事{place}", f"20{place:02}")
    return made


def viewer(person_id: int) -> Viewer:
    """Return a person as services meet them, without a request."""
    row = db.session.get_one(Person, person_id)
    organisation = org.get_organisation(row.organisation_id)
    membership = org.primary_membership(person_id, org.today(row.organisation_id))
    team = db.session.get(Unit, membership.unit_id) if membership else None
    grants = db.session.query(RoleGrant, Unit).join(Unit, Unit.id == RoleGrant.unit_id)
    scopes = {
        (Role(grant.role), unit.path)
        for grant, unit in grants.filter(RoleGrant.person_id == person_id)
    }
    return Viewer(
        id=row.id,
        public_id=row.public_id,
        organisation_id=row.organisation_id,
        organisation_name=organisation.name,
        time_zone=organisation.time_zone,
        name=row.name,
        employee_number=row.employee_number,
        locale=row.locale,
        is_large=row.is_large,
        consent=row.consent,
        must_change_password=row.must_change_password,
        is_demo=row.is_demo,
        session_id=0,
        unit_id=team.id if team else None,
        unit_path=team.path if team else None,
        unit_name=team.name if team else None,
        scopes=tuple(sorted(scopes | {(Role.EMPLOYEE, team.path if team else "/")}, key=str)),
    )
