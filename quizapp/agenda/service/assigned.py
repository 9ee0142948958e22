"""What was assigned, for those who assign: counts from five people on, never who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.db import db
from quizapp.org.models import Unit

from .. import rules
from ..models import Assignment, Target
from .audience import ASSIGN, below_any
from .tasks import today_of

OWN, SCOPE, ARCHIVE = "own", "scope", "archive"
VIEWS = (OWN, SCOPE, ARCHIVE)
PAGE_LENGTH = 30
NAMED = 3


@dataclass(frozen=True)
class AssignedLine:
    """A task as those who assign see it; ``done`` None: fewer than five people so far.

    ``audience`` are names of units and people it is for; ``more`` counts those that are not named.
    """

    public_id: str
    title: str
    kind: str
    audience: tuple[str, ...]
    more: int
    due_on: date
    wish: str
    legal_basis: str
    note: str
    done: int | None
    by: str
    is_own: bool
    is_past: bool
    is_withdrawn: bool
    created_at: datetime


@dataclass(frozen=True)
class AssignedPage:
    """A page of what was assigned, the latest day first."""

    lines: list[AssignedLine]
    view: str
    number: int
    has_next: bool


def _in_scope(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Select what was assigned from units of the viewer's scope, and by whom."""
    return (
        select(Assignment, Person.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .join(Person, Person.id == Assignment.assigned_by)
        .where(
            Assignment.organisation_id == viewer.organisation_id,
            below_any(viewer.scope_paths(ASSIGN)),
        )
    )


def fetch(viewer: Viewer, public_id: str) -> Assignment:
    """Return a row of the viewer's scope, as part of a command; raise LookupError for any other."""
    found = db.session.scalar(_in_scope(viewer).where(Assignment.public_id == public_id))
    if found is None:
        raise LookupError(f"assignment {public_id}")
    return found


def list_assigned(viewer: Viewer, view: str = OWN, number: int = 1) -> AssignedPage:
    """Return page ``number`` (from 1): own tasks, those of the scope, or own ones that are over.

    A task is over when it was withdrawn, or thirty days after its day; no job moves it.
    """
    since = rules.first_shown(today_of(viewer))
    statement = _in_scope(viewer)
    if view == ARCHIVE:
        statement = statement.where(
            or_(Assignment.due_on < since, Assignment.withdrawn_at.is_not(None))
        )
    else:
        statement = statement.where(Assignment.due_on >= since, Assignment.withdrawn_at.is_(None))
    if view != SCOPE:
        statement = statement.where(Assignment.assigned_by == viewer.id)
    rows = db.session.execute(
        statement.order_by(Assignment.due_on.desc(), Assignment.id.desc())
        .limit(PAGE_LENGTH + 1)
        .offset((number - 1) * PAGE_LENGTH)
    ).all()
    return AssignedPage(
        _lines(viewer, rows[:PAGE_LENGTH], NAMED), view, number, len(rows) > PAGE_LENGTH
    )


def get_assigned(viewer: Viewer, public_id: str) -> AssignedLine:
    """Return a task of the viewer's scope with everybody it is for; raise LookupError otherwise."""
    rows = db.session.execute(_in_scope(viewer).where(Assignment.public_id == public_id)).all()
    if not rows:
        raise LookupError(f"assignment {public_id}")
    return _lines(viewer, rows, rules.MAX_UNITS + rules.MAX_PEOPLE)[0]


def _lines(viewer: Viewer, rows: Sequence[Any], named: int) -> list[AssignedLine]:
    audiences = _audiences([task.id for task, _by in rows])
    today = today_of(viewer)
    return [
        AssignedLine(
            public_id=task.public_id,
            title=task.title,
            kind=task.subject_kind,
            audience=tuple(audiences[task.id][:named]),
            more=max(len(audiences[task.id]) - named, 0),
            due_on=task.due_on,
            wish=task.wish,
            legal_basis=task.legal_basis,
            note=task.note,
            done=rules.count_shown(task.done),
            by=by,
            is_own=task.assigned_by == viewer.id,
            is_past=task.due_on < today,
            is_withdrawn=task.withdrawn_at is not None,
            created_at=task.created_at,
        )
        for task, by in rows
    ]


def _audiences(assignment_ids: list[int]) -> dict[int, list[str]]:
    """Return the names of whom each task is for, units first: one statement for all of them."""
    names: dict[int, list[str]] = {assignment_id: [] for assignment_id in assignment_ids}
    if not names:
        return names
    rows = db.session.execute(
        select(Target.assignment_id, Unit.name.label("unit"), Person.name.label("person"))
        .outerjoin(Unit, Unit.id == Target.unit_id)
        .outerjoin(Person, Person.id == Target.person_id)
        .where(Target.assignment_id.in_(assignment_ids))
        .order_by(Target.kind.desc(), Target.id)
    )
    for row in rows:
        names[row.assignment_id].append(row.unit or row.person)
    return names
