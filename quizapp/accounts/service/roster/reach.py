"""For whom a roster is read, and how far their administration reaches.

The same bounds as on the pages about people: whom one may see, one may change, and nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org.models import Unit

from ...models import Person, RoleGrant
from ...permissions import TABLE, Permission, Role
from .findings import shown
from .known import KnownPerson


@dataclass(frozen=True, slots=True)
class Reach:
    """Who answers for an import; ``actor_id`` None is the operator at the console.

    ``units`` are the ids of the units they administer; None: the whole organisation.
    """

    actor_id: int | None = None
    units: frozenset[int] | None = None

    def has(self, unit_id: int | None) -> bool:
        """Tell whether a person who belongs to ``unit_id`` may be changed.

        Who is in no unit belongs to the whole organisation, as closed accounts do.
        """
        return self.units is None or unit_id in self.units

    def is_above(self, person: KnownPerson) -> bool:
        """Tell whether a person administers a unit beyond this reach."""
        return self.units is not None and any(
            role == Role.ADMIN.value and unit_id not in self.units for role, unit_id in person.roles
        )


EVERYTHING = Reach()


def reach_of(person_id: int) -> Reach:
    """Return how far a person's administration of people reaches now.

    Raises Refusal when it ended: the account was closed, or the role was taken.
    """
    roles = [role.value for role in Role if Permission.MANAGE_PEOPLE in TABLE[role]]
    granted = db.session.execute(
        select(Unit.path, Unit.organisation_id)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.id == person_id, Person.is_active, RoleGrant.role.in_(roles))
    ).all()
    if not granted:
        raise Refusal(_("You no longer administer people. Nothing was imported."), status=403)
    paths = tuple(row.path for row in granted)
    if any(path.count("/") == 2 for path in paths):
        return Reach(person_id)
    units = db.session.execute(
        select(Unit.id, Unit.path).where(Unit.organisation_id == granted[0].organisation_id)
    )
    return Reach(person_id, frozenset(row.id for row in units if row.path.startswith(paths)))


def unit_outside(path: str) -> str:
    """Return the words for a unit that somebody may not fill or change."""
    return str(_("The unit “%(path)s” lies outside your scope.", path=shown(path)))


def code_outside(code: str) -> str:
    """Return the words for the code of a unit that somebody may not fill or change."""
    return str(_("The unit code %(code)s lies outside your scope.", code=shown(code)))


def person_outside(number: str) -> str:
    """Return the words for somebody of another scope, of whom nothing else may be said."""
    return str(
        _(
            "The employee number %(number)s belongs to somebody outside your scope.",
            number=shown(number),
        )
    )
