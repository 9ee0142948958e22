"""What must hold for quizzes as they are written, for ``flask verify``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select

from question_bank.assembly import blueprint_from_dict
from quizapp.core.db import db
from quizapp.org.models import Unit

from ...models import Audience, QuizBlueprint


def find_unreadable_rules() -> Iterator[str]:
    """Yield quizzes whose stored rules no form could be drawn by."""
    rows = db.session.execute(
        select(QuizBlueprint.id, QuizBlueprint.rules).execution_options(yield_per=1000)
    )
    for row in rows:
        try:
            blueprint_from_dict(json.loads(row.rules))
        except ValueError as error:
            yield f"quizzes_blueprint {row.id}: {error}"


def find_foreign_units() -> Iterator[str]:
    """Yield quizzes that belong to, or are for, a unit of another organisation."""
    owners = select(QuizBlueprint.id).join(Unit, Unit.id == QuizBlueprint.unit_id)
    audience = (
        select(QuizBlueprint.id)
        .join(Audience, Audience.blueprint_id == QuizBlueprint.id)
        .join(Unit, Unit.id == Audience.unit_id)
    )
    is_foreign = Unit.organisation_id != QuizBlueprint.organisation_id
    for blueprint_id in db.session.scalars(owners.where(is_foreign)):
        yield f"quizzes_blueprint {blueprint_id}: it belongs to a unit of another organisation"
    for blueprint_id in db.session.scalars(audience.where(is_foreign)):
        yield f"quizzes_blueprint {blueprint_id}: it is for a unit of another organisation"
