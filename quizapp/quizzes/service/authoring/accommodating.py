"""More time for single people, in every quiz with a clock. Why is nobody's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, and_, delete, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit

from ... import rules
from ...models import Accommodation
from .sheets import ASSEMBLE

MOST_SHOWN = 500


@dataclass(frozen=True)
class MoreTime:
    """A person with more time: ``factor`` 1.25, 1.5, or 0 for no clock."""

    person_public_id: str
    name: str
    employee_number: str
    unit_name: str
    factor: float
    granted_at: datetime


def list_more_time(viewer: Viewer) -> list[MoreTime]:
    """Return the people of the viewer's scope who have more time, by name."""
    rows = db.session.execute(
        _people(viewer)
        .add_columns(Accommodation.factor, Accommodation.granted_at)
        .join(Accommodation, Accommodation.person_id == Person.id)
        .order_by(Person.name, Person.id)
        .limit(MOST_SHOWN)
    )
    return [
        MoreTime(row.public_id, row.name, row.employee_number, row.unit, row.factor, row.granted_at)
        for row in rows
    ]


def _people(viewer: Viewer) -> Select[int, str, str, str, str]:
    """Return the statement of the people whose team lies in the viewer's scope today."""
    today = org.today(viewer.organisation_id)
    is_present = and_(
        Membership.person_id == Person.id,
        Membership.kind == org_rules.PRIMARY,
        Membership.starts_on <= today,
        or_(Membership.ends_on.is_(None), Membership.ends_on > today),
    )
    below = (Unit.path.startswith(path, autoescape=True) for path in viewer.scope_paths(ASSEMBLE))
    return (
        select(
            Person.id,
            Person.public_id,
            Person.name,
            Person.employee_number,
            Unit.name.label("unit"),
        )
        .join(Membership, is_present)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Person.organisation_id == viewer.organisation_id, Person.is_active, or_(*below))
    )


@atomic
def grant_more_time(viewer: Viewer, employee_number: str, factor: float) -> str:
    """Give a person of the viewer's scope more time, or another amount of it; return the name.

    It holds for attempts that begin from now on. Raises Refusal when nobody there has the number.
    """
    if factor not in rules.FACTORS:
        raise Refusal(_("Choose how much more time."), field="factor", status=422)
    found = db.session.execute(
        _people(viewer).where(Person.number_key == org_rules.normal_number(employee_number))
    ).first()
    if found is None:
        raise Refusal(
            _("Nobody of your units has this employee number."),
            field="employee_number",
            status=422,
        )
    values = {"factor": factor, "granted_by": viewer.id, "granted_at": clock.now()}
    db.session.execute(
        insert(Accommodation)
        .values(person_id=found.id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
    audit.record("quizzes.time_granted", f"person:{found.public_id}", actor_id=viewer.id)
    return str(found.name)


@atomic
def revoke_more_time(viewer: Viewer, person_public_id: str) -> None:
    """Take the additional time of a person back; raise LookupError outside the viewer's scope."""
    found = db.session.execute(_people(viewer).where(Person.public_id == person_public_id)).first()
    if found is None:
        raise LookupError(f"person {person_public_id}")
    db.session.execute(delete(Accommodation).where(Accommodation.person_id == found.id))
    audit.record("quizzes.time_revoked", f"person:{found.public_id}", actor_id=viewer.id)
