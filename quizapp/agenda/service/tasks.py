"""A person's own tasks: what there is to do, what is done, and what was put aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, Select, and_, delete, select, union, update

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.org import rules as days
from quizapp.org import service as org

from .. import rules
from ..models import Aside, Assignment, Done, Target
from .standing import list_standing
from .subjects import SubjectState, subject_of

AT_MOST = 200  # the guard keeps lists short; statutory training is not counted by it
ON_TODAY = 3


@dataclass(frozen=True)
class TaskLine:
    """A task as its person sees it; ``done_on`` None: not done, or done before it was assigned."""

    public_id: str
    title: str
    picture: str
    address: tuple[str, dict[str, str]] | None  # endpoint and values; None: nothing to open
    due_on: date
    wish: str
    minutes: int | None
    note: str
    legal_basis: str
    state: str
    opens_on: date | None
    done_on: date | None
    is_past_day: bool


@dataclass(frozen=True)
class TaskList:
    """All tasks of a person, by where they stand; the nearest day first, past ones last first."""

    open: list[TaskLine]
    aside: list[TaskLine]
    done: list[TaskLine]
    past: list[TaskLine]


@dataclass(frozen=True)
class OnToday:
    """At most three tasks, and the names of all subjects assigned to the person, also put aside."""

    tasks: list[TaskLine]
    known: frozenset[str]


def today_of(viewer: Viewer) -> date:
    """Return the learning day of the viewer's organisation."""
    return days.learning_day(clock.now(), viewer.time_zone)


def ids_on(path: str | None) -> list[int]:
    """Return the ids of a unit and of all above it, from the root down; none without a path."""
    return [int(part) for part in (path or "").strip("/").split("/") if part]


def _meant(unit_ids: Sequence[int], person_id: int, since: date) -> Any:
    """Return the ids of what is assigned to these units or to the person, due since a day."""
    by_unit = select(Target.assignment_id).where(
        Target.unit_id.in_(unit_ids), Target.due_on >= since
    )
    by_name = select(Target.assignment_id).where(
        Target.person_id == person_id, Target.due_on >= since
    )
    # Two ranges of two indexes; an OR would leave the choice to the database.
    return union(by_unit, by_name).subquery()


def _mine(viewer: Viewer, since: date) -> Select[*tuple[Any, ...]]:
    meant = _meant(ids_on(viewer.unit_path), viewer.id, since)
    return (
        select(Assignment, Done.day, Aside.person_id.label("put_aside"))
        .join(meant, meant.c.assignment_id == Assignment.id)
        .outerjoin(Done, and_(Done.assignment_id == Assignment.id, Done.person_id == viewer.id))
        .outerjoin(Aside, and_(Aside.assignment_id == Assignment.id, Aside.person_id == viewer.id))
        .where(Assignment.withdrawn_at.is_(None))
        .order_by(Assignment.due_on, Assignment.id)
        .limit(AT_MOST)
    )


def list_tasks(viewer: Viewer) -> TaskList:
    """Return the tasks of a person, by where they stand."""
    lines = _lines(viewer, db.session.execute(_mine(viewer, rules.first_shown(today_of(viewer)))))

    def standing(*states: str) -> list[TaskLine]:
        return [line for line in lines if line.state in states]

    return TaskList(
        open=_nearest_first(_with_standing(viewer, standing(rules.OPEN, rules.LATER))),
        aside=standing(rules.ASIDE),
        done=standing(rules.DONE)[::-1],
        past=standing(rules.PAST)[::-1],
    )


def list_on_today(viewer: Viewer) -> list[TaskLine]:
    """Return what there is to do, for the first page of the day: at most three tasks.

    Two statements: the tasks, and how their quizzes stand for this person; and those of the rooms
    that add tasks of their own.
    """
    return get_on_today(viewer).tasks


def get_on_today(viewer: Viewer) -> OnToday:
    """Return the tasks for the first page of the day, and everything that is a task already."""
    rows = list(db.session.execute(_mine(viewer, rules.first_shown(today_of(viewer)))))
    waiting = [row for row in rows if row.day is None and row.put_aside is None]
    lines = [line for line in _lines(viewer, waiting) if line.state == rules.OPEN]
    known = frozenset(row.Assignment.subject_id for row in rows)
    return OnToday(_nearest_first(_with_standing(viewer, lines))[:ON_TODAY], known)


def _with_standing(viewer: Viewer, lines: list[TaskLine]) -> list[TaskLine]:
    """Add what other rooms ask of a person by themselves, in the order of days."""
    return sorted([*lines, *list_standing(viewer)], key=lambda line: line.due_on)


def _nearest_first(lines: list[TaskLine]) -> list[TaskLine]:
    """Put what is due soonest first, and what has passed its day last: nothing presses there."""
    return sorted(lines, key=lambda line: line.is_past_day)


def _lines(viewer: Viewer, rows: Iterable[Row[Any]]) -> list[TaskLine]:
    latest = {(row.Assignment.subject_kind, row.Assignment.subject_id): row for row in rows}
    known: dict[tuple[str, str], SubjectState] = {}
    for kind in {kind for kind, _id in latest}:
        subject = subject_of(kind)
        if subject:
            ids = [subject_id for of_kind, subject_id in latest if of_kind == kind]
            found = subject.state_of(viewer, ids)
            known |= {(kind, subject_id): state for subject_id, state in found.items()}
    today = today_of(viewer)
    lines = [_line(row, known.get(name), today) for name, row in latest.items()]
    return sorted((line for line in lines if line), key=lambda line: (line.due_on, line.public_id))


def _line(row: Row[Any], found: SubjectState | None, today: date) -> TaskLine | None:
    """Return a line of the list; None for what is not for this person and was not done either."""
    task: Assignment = row.Assignment
    if found is None and row.day is None:
        return None
    subject = subject_of(task.subject_kind)
    return TaskLine(
        public_id=task.public_id,
        title=found.title if found else task.title,
        picture=subject.picture if subject else "document",
        address=subject.address(task.subject_id) if subject and found else None,
        due_on=task.due_on,
        wish=task.wish,
        minutes=found.minutes if found else None,
        note=task.note,
        legal_basis=task.legal_basis,
        state=rules.state_of(
            is_done=row.day is not None or bool(found and found.is_done),
            is_aside=row.put_aside is not None,
            is_open=bool(found and found.is_open),
            opens_later=bool(found and found.opens_on),
            is_statutory=task.wish == rules.STATUTORY,
        ),
        opens_on=found.opens_on if found else None,
        done_on=row.day,
        is_past_day=task.due_on < today,
    )


@atomic
def put_aside(viewer: Viewer, public_id: str, *, is_aside: bool) -> None:
    """Put one's own task aside for now, or take it up again; nobody else is ever told.

    Raises LookupError for what is not the viewer's task, Refusal for statutory training.
    """
    statement = _mine(viewer, rules.first_shown(today_of(viewer)))
    row = db.session.execute(statement.where(Assignment.public_id == public_id)).first()
    if row is None:
        raise LookupError(f"task {public_id}")
    if row.Assignment.wish == rules.STATUTORY:
        raise Refusal(
            _("Statutory training stays in the list. When to do it is up to you until its day.")
        )
    of_mine = {"assignment_id": row.Assignment.id, "person_id": viewer.id}
    if is_aside:
        db.session.execute(insert(Aside).values(of_mine).on_conflict_do_nothing())
    else:
        db.session.execute(delete(Aside).filter_by(**of_mine))


@atomic
def note_done(person_id: int, kind: str, subject_id: str, day: date) -> int:
    """Note that a person did something; return how many assignments that completes.

    ``day`` is the learning day of the deed; the unit of that day decides what it was assigned by.
    Noted once however often it is told. Where nothing was assigned it costs one statement.
    """
    asked = db.session.execute(
        select(Target.assignment_id, Target.unit_id, Target.person_id)
        .join(Assignment, Assignment.id == Target.assignment_id)
        .where(
            Assignment.subject_id == subject_id,
            Assignment.subject_kind == kind,
            Assignment.withdrawn_at.is_(None),
            Assignment.due_on >= rules.first_shown(day),
        )
    ).all()
    if not asked:
        return 0
    unit_id = org.unit_on(person_id, day)
    unit = org.get_units([unit_id])[unit_id] if unit_id else None
    above = set(ids_on(unit.path if unit else None))
    mine = {
        row.assignment_id for row in asked if row.unit_id in above or row.person_id == person_id
    }
    return _write_done(person_id, sorted(mine), day) if mine else 0


def _write_done(person_id: int, assignment_ids: list[int], day: date) -> int:
    new = db.session.scalars(
        insert(Done)
        .values([{"assignment_id": n, "person_id": person_id, "day": day} for n in assignment_ids])
        .on_conflict_do_nothing()
        .returning(Done.assignment_id)
    ).all()
    # One by one and in order, so that two people who finish at once never wait for each other.
    for assignment_id in sorted(new):
        db.session.execute(
            update(Assignment)
            .where(Assignment.id == assignment_id)
            .values(done=Assignment.done + 1)
            .execution_options(synchronize_session=False)
        )
    return len(new)
