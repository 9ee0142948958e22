"""Who a quiz is for: units with all below them, and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Role
from quizapp.core import audit
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Unit

from ...models import Audience
from .sheets import ASSEMBLE, Sheet, fetch

MOST_LINES = 100
ROLES = ("", *(role.value for role in Role))


@dataclass(frozen=True)
class AudienceLine:
    """A unit whose people may take a quiz, those of one role or (``role`` empty) all.

    ``people`` is how many people are in the unit or below it, whatever their role.
    """

    unit_public_id: str
    unit_name: str
    role: str
    people: int


def list_audience(viewer: Viewer, sheet: Sheet) -> list[AudienceLine]:
    """Return who a quiz is for, the whole organisation first; empty means everybody."""
    rows = db.session.execute(
        select(Unit.id, Unit.public_id, Unit.name, Audience.role)
        .join(Audience, Audience.unit_id == Unit.id)
        .where(Audience.blueprint_id == sheet.id)
        .order_by(Unit.path, Audience.role)
    ).all()
    counts = org.count_members(viewer.organisation_id, org.today(viewer.organisation_id))
    return [AudienceLine(row.public_id, row.name, row.role, counts.get(row.id, 0)) for row in rows]


def list_units_in_scope(viewer: Viewer) -> list[org.UnitLine]:
    """Return the units that the viewer may write quizzes for, parents first."""
    found: list[org.UnitLine] = []
    for path in viewer.scope_paths(ASSEMBLE):
        found += org.list_units(viewer.organisation_id, below=path)
    return found


@atomic
def set_audience(viewer: Viewer, public_id: str, lines: Sequence[tuple[str, str]]) -> None:
    """Say who a draft is for, as (public id of a unit, role), replacing what was said before.

    Raises Refusal for a unit outside the viewer's scope, an unknown role, and for nobody at all.
    """
    quiz = fetch(viewer, public_id, is_draft=True)
    wanted = dict.fromkeys(lines)
    if not wanted:
        raise Refusal(_("Name at least one unit."), field="unit", status=422)
    if len(wanted) > MOST_LINES:
        raise Refusal(
            _("At most %(most)s lines. Choose units higher up.", most=MOST_LINES),
            field="unit",
            status=422,
        )
    units = {
        unit.public_id: unit.id
        for unit in list_units_in_scope(viewer)
        if unit.public_id in {one for one, _role in wanted}
    }
    for unit_public_id, role in wanted:
        if unit_public_id not in units or role not in ROLES:
            raise Refusal(_("Choose a unit of your own scope."), field="unit", status=422)
    db.session.execute(delete(Audience).where(Audience.blueprint_id == quiz.id))
    db.session.execute(
        insert(Audience),
        [{"blueprint_id": quiz.id, "unit_id": units[one], "role": role} for one, role in wanted],
    )
    audit.record("quizzes.addressed", f"quiz:{public_id}", actor_id=viewer.id, lines=len(wanted))
