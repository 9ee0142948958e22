"""What must hold for tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, or_, select

from quizapp.accounts.models import Person
from quizapp.core.checks import invariant
from quizapp.core.db import db
from quizapp.org.models import Unit
from quizapp.org.rules import week_of

from . import rules
from .models import Assignment, Done, Target


@invariant("I30", "The count of every task equals those who have done it.")
def counts_are_right() -> Iterator[str]:
    """Yield tasks whose counter is not the number of its rows."""
    rows = db.session.execute(
        select(Assignment.id, Assignment.done, func.count(Done.person_id).label("rows"))
        .outerjoin(Done, Done.assignment_id == Assignment.id)
        .group_by(Assignment.id)
        .having(Assignment.done != func.count(Done.person_id))
    )
    for row in rows:
        yield f"agenda_assignment {row.id} says {row.done}, {row.rows} have done it"


@invariant("I31", "No unit and no person was given more than two tasks a week.")
def weeks_are_light() -> Iterator[str]:
    """Yield units and people named by too many tasks of a week; people may move, so no more."""
    counted: Counter[tuple[str, int, date]] = Counter()
    rows = db.session.execute(
        select(Target.kind, Target.unit_id, Target.person_id, Assignment.due_on)
        .join(Assignment, Assignment.id == Target.assignment_id)
        .where(Assignment.withdrawn_at.is_(None), Assignment.wish != rules.STATUTORY)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        counted[row.kind, row.unit_id or row.person_id, week_of(row.due_on)[0]] += 1
    for (kind, number, monday), tasks in counted.items():
        if tasks > rules.WEEK_LIMIT:
            yield f"{kind} {number} has {tasks} tasks in the week of {monday}"


@invariant("I32", "A task is for its own organisation, and has somebody it is for.")
def targets_are_at_home() -> Iterator[str]:
    """Yield tasks for another organisation's units or people, with another day, or for nobody."""
    rows = db.session.execute(
        select(Assignment.id)
        .outerjoin(Target, Target.assignment_id == Assignment.id)
        .outerjoin(Unit, Unit.id == Target.unit_id)
        .outerjoin(Person, Person.id == Target.person_id)
        .where(
            or_(
                Target.id.is_(None),
                Target.due_on != Assignment.due_on,
                Unit.organisation_id != Assignment.organisation_id,
                Person.organisation_id != Assignment.organisation_id,
            )
        )
        .distinct()
    )
    for assignment_id in rows.scalars():
        yield f"agenda_assignment {assignment_id}: its targets do not fit"
