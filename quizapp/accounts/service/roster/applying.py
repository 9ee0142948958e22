"""Writing what a plan says, all of it or nothing, in few statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import insert, or_, select

from quizapp.core import audit
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.events import announce
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.events import MembershipChanged
from quizapp.org.models import Absence, Membership, Organisation
from quizapp.org.rules import normal_number

from ...models import Person, RoleGrant
from .checking import plan_import
from .known import CHUNK, chunks
from .plan import PersonChange, Plan, UnitRef
from .reach import Reach
from .reading import Table

ROSTER = 7005  # class of the advisory locks, one per organisation

Report = Callable[[int, int], None]


def _unheard(_done: int, _total: int) -> None:
    """Tell nobody how far the writing is."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The names of a person in the database."""

    id: int
    public_id: str


@atomic
def apply_import(organisation_id: int, plan: Plan, *, actor_id: int | None = None) -> int:
    """Write what ``plan`` says and return how many units and people changed.

    The plan is made anew inside the transaction: what was checked a while ago may not fit any
    more. Raises Refusal, with nothing written, when the file has errors, when something changed
    meanwhile, or when ``actor_id`` would close their own account.
    """
    if plan.organisation_id != organisation_id:
        raise ValueError(f"the plan is for organisation {plan.organisation_id}")
    reach = replace(plan.reach, actor_id=actor_id) if actor_id else plan.reach
    return apply_table(organisation_id, plan.table, plan.today, plan.digest, reach).changes


@atomic
def apply_table(
    organisation_id: int,
    table: Table,
    today: date,
    digest: str,
    reach: Reach,
    report: Report = _unheard,
) -> Plan:
    """Write what a table says to one's ``reach`` and return the plan that was followed.

    ``digest`` names the changes that were looked at. ``report`` is told how many changes of how
    many are written, often. Raises Refusal, with nothing written, when the file has errors, or
    when its changes are other ones by now.
    """
    lock_for_command(ROSTER, organisation_id)
    plan = plan_import(organisation_id, table, today, reach)
    if plan.errors:
        raise Refusal(
            ngettext(
                "Nothing was imported: %(num)s error.",
                "Nothing was imported: %(num)s errors.",
                plan.errors,
            ),
            status=422,
        )
    if plan.digest != digest:
        raise Refusal(_("Something was changed meanwhile. Nothing was imported; check again."))
    if plan.changes:
        _write(plan, report)
    return plan


def _write(plan: Plan, report: Report) -> None:
    """Write units, then people, then where they are; tell once per unit what it means."""
    actor_id = plan.reach.actor_id
    units = _write_units(plan, report)
    touched: dict[int, date] = {}
    for number, part in enumerate(chunks(plan.people)):
        report(len(plan.units) + number * CHUNK, plan.changes)
        people = _write_people(plan.organisation_id, part, actor_id)
        _write_memberships(part, people, units)
        _write_absences(part, people, plan.today)
        _write_roles(part, people, units, actor_id)
        db.session.flush()
        for change in part:
            _note_touched(touched, change, units, plan.today)
    for unit_id, since in sorted(touched.items()):
        report(plan.changes, plan.changes)
        announce(MembershipChanged(unit_id=unit_id, since=since))
    _record(plan, actor_id)


def _write_units(plan: Plan, report: Report) -> dict[UnitRef, int]:
    """Make, move and rename units from the top down; return the ids of new ones."""
    ids: dict[UnitRef, int] = {}
    for number, change in enumerate(plan.units):
        report(number, plan.changes)
        parent_id = ids.get(change.parent, change.parent) if change.parent else None
        if change.unit < 0:
            ids[change.unit] = org.add_unit(
                plan.organisation_id,
                parent_id,
                kind=change.kind,
                name=change.name or "",
                code=change.code,
            )
            continue
        if parent_id is not None:
            org.move_unit(change.unit, parent_id)
        if change.name is not None:
            org.change_unit(change.unit, name=change.name)
    return ids


def _write_people(
    organisation_id: int, changes: Sequence[PersonChange], actor_id: int | None
) -> list[Stored]:
    """Write the rows of people and return their names in the database, in the order given."""
    new = _insert_people(organisation_id, [c for c in changes if c.person_id is None])
    ids = [c.person_id for c in changes if c.person_id is not None]
    known = {p.id: p for p in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    people: list[Stored] = []
    for change in changes:
        if change.person_id is None:
            people.append(new[normal_number(change.number)])
        else:
            person = known[change.person_id]
            _change_person(person, change, actor_id)
            people.append(Stored(person.id, person.public_id))
    return people


def _insert_people(organisation_id: int, changes: Sequence[PersonChange]) -> dict[str, Stored]:
    """Insert new people by one statement and return them by normal number.

    One statement for each would take five times as long.
    """
    rows = [
        {
            "organisation_id": organisation_id,
            "employee_number": change.number,
            "number_key": normal_number(change.number),
            "name": change.name,
            "post": change.post or "",
        }
        for change in changes
    ]
    if not rows:
        return {}
    inserted = db.session.execute(
        insert(Person).returning(Person.number_key, Person.id, Person.public_id), rows
    )
    return {key: Stored(person_id, public_id) for key, person_id, public_id in inserted}


def _change_person(person: Person, change: PersonChange, actor_id: int | None) -> None:
    if change.name is not None:
        person.name = change.name
    if change.post is not None:
        person.post = change.post
    if change.is_active is not None:
        person.is_active = change.is_active
        if not change.is_active:
            person.epoch += 1  # every session ends at once
    for effect in change.effects:
        audit.record(f"people.{effect}", f"person:{person.public_id}", actor_id=actor_id)


def _write_memberships(
    changes: Sequence[PersonChange], people: list[Stored], units: dict[UnitRef, int]
) -> None:
    """End, remove and add memberships."""
    cuts = {span.id: ends for change in changes for span, ends in change.memberships.cuts}
    removes = {span.id for change in changes for span in change.memberships.removes}
    if cuts or removes:
        stored = select(Membership).where(Membership.id.in_([*cuts, *removes]))
        for membership in db.session.scalars(stored):
            if membership.id in removes:
                db.session.delete(membership)
            else:
                membership.ends_on = cuts[membership.id]
        db.session.flush()  # before the new ones, which may begin on the same day
    rows = [
        {
            "person_id": person.id,
            "unit_id": units.get(span.unit, span.unit),
            "starts_on": span.starts,
            "ends_on": span.ends,
        }
        for change, person in zip(changes, people, strict=True)
        for span in change.memberships.adds
    ]
    if rows:
        db.session.execute(insert(Membership), rows)


def _write_absences(changes: Sequence[PersonChange], people: list[Stored], today: date) -> None:
    """Begin an open absence today, or end the ones in force; no reason is kept."""
    pairs = list(zip(changes, people, strict=True))
    away = [person.id for change, person in pairs if change.is_away]
    back = [person.id for change, person in pairs if change.is_away is False]
    db.session.add_all(Absence(person_id=person_id, starts_on=today) for person_id in away)
    if not back:
        return
    in_force = select(Absence).where(
        Absence.person_id.in_(back),
        Absence.starts_on <= today,
        or_(Absence.ends_on.is_(None), Absence.ends_on > today),
    )
    for absence in db.session.scalars(in_force):
        if absence.starts_on == today:
            db.session.delete(absence)
        else:
            absence.ends_on = today


def _write_roles(
    changes: Sequence[PersonChange],
    people: list[Stored],
    units: dict[UnitRef, int],
    actor_id: int | None,
) -> None:
    for change, person in zip(changes, people, strict=True):
        for role, unit in change.roles:
            unit_id = units.get(unit, unit)
            db.session.add(RoleGrant(person_id=person.id, role=role, unit_id=unit_id))
            audit.record(
                "people.role_granted",
                f"person:{person.public_id}",
                actor_id=actor_id,
                role=role,
                unit=unit_id,
            )


def _note_touched(
    touched: dict[int, date], change: PersonChange, units: dict[UnitRef, int], today: date
) -> None:
    """Note the first day on which each unit of a change has other members."""
    days = list(change.memberships.touched().items())
    if change.is_away is not None and change.away_from is not None:
        days.append((change.away_from, today))
    for unit, since in days:
        unit_id = units.get(unit, unit)
        touched[unit_id] = min(since, touched.get(unit_id, since))


def _record(plan: Plan, actor_id: int | None) -> None:
    """Add one row to the log about the file as a whole."""
    organisation = db.session.get_one(Organisation, plan.organisation_id)
    audit.record(
        "people.imported",
        f"organisation:{organisation.public_id}",
        actor_id=actor_id,
        file=plan.table.filename,
        sha256=plan.table.digest,
        units=dict(plan.unit_effects()),
        people=dict(plan.people_effects()),
    )
