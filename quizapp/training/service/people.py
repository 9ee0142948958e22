"""Who of a unit holds the certificate of a course: for the safety trainer of that unit alone.

This is the named exception to "nobody sees another person's results". What is read here is passed
or not, and until when; a score is in none of these statements. Names are given out only to somebody
whose reading was logged before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, case, func, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import PRIMARY, normal_number

from .. import rules
from ..models import Certificate, Course, Edition
from ..rules import DUE, EXPIRED, NONE, VALID
from .fetching import KEEP, editions_of, fetch_course, leading, today_of, unit_ids_of

PAGE_LENGTH = 50
MAX_EXPORT = 20_000


@dataclass(frozen=True)
class PersonLine:
    """A person of the audience: passed on which day, valid until when, and nothing about a score.

    ``certificate_id`` None: there is none; ``valid_until`` None beside one: it has no end.
    """

    name: str
    employee_number: str
    unit_name: str
    where: str
    passed_on: date | None
    valid_until: date | None
    certificate_id: str | None


@dataclass(frozen=True)
class PeoplePage:
    """A page of people; ``total`` counts all that match."""

    lines: list[PersonLine]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class UnitCount:
    """How many people of a unit, with all below it, hold a certificate that is valid or due."""

    unit_id: str
    name: str
    valid: int
    due: int
    people: int
    has_children: bool

    @property
    def rest(self) -> int:
        """Return how many have none that is valid today."""
        return self.people - self.valid - self.due


@dataclass(frozen=True)
class Asked:
    """What a trainer asks the list for; ``unit_id`` is public, empty for the whole scope."""

    unit_id: str = ""
    where: str = ""
    search: str = ""
    number: int = 1


def _best(*course_ids: int) -> Any:
    """Return the best certificate of each person for a course, as a subquery.

    The best is the one that ends last; one without an end counts as ending on the last day there
    is.
    """
    until = func.coalesce(Certificate.valid_until, date.max)
    ranked = (
        select(
            Certificate.course_id,
            Certificate.person_id,
            Certificate.passed_on,
            Certificate.public_id.label("certificate_id"),
            until.label("valid_until"),
            func.coalesce(Certificate.due_on, date.max).label("due_on"),
            func.row_number()
            .over(
                partition_by=(Certificate.course_id, Certificate.person_id),
                order_by=(until.desc(), Certificate.id.desc()),
            )
            .label("place"),
        )
        .where(Certificate.course_id.in_(course_ids), Certificate.withdrawn_at.is_(None))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).subquery()


def _where(best: Any, today: date) -> Any:
    """Return the expression of where a person stands on ``today``."""
    return case(
        (best.c.person_id.is_(None), NONE),
        (best.c.valid_until < today, EXPIRED),
        (best.c.due_on <= today, DUE),
        else_=VALID,
    )


def _audience(viewer: Viewer, edition: Edition, below: str) -> Any:
    """Return the condition that a unit is in the audience, in the viewer's scope and ``below``."""
    paths = [unit.path for unit in org.get_units(unit_ids_of(edition.id)).values()]
    return and_(
        Unit.organisation_id == viewer.organisation_id,
        Unit.path.startswith(below, autoescape=True),
        or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
        or_(*(Unit.path.startswith(p, autoescape=True) for p in viewer.scope_paths(KEEP))),
    )


def _members(statement: Any, best: Any, today: date, *conditions: Any) -> Select[Any]:
    """Join people of today's memberships with their best certificate."""
    return (
        statement.select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .outerjoin(best, best.c.person_id == Person.id)
        .where(
            Membership.kind == PRIMARY,
            Membership.starts_on <= today,
            or_(Membership.ends_on.is_(None), Membership.ends_on > today),
            Person.is_active,
            *conditions,
        )
    )


def _unit(viewer: Viewer, public_id: str) -> org.UnitLine | None:
    """Return the unit that a page asks for; None for the whole scope; raise LookupError."""
    if not public_id:
        return None
    unit = org.find_unit(viewer.organisation_id, public_id)
    if unit is None or not viewer.covers(KEEP, unit.path):
        raise LookupError(f"unit {public_id}")
    return unit


def count_by_unit(viewer: Viewer, course_id: str, unit_id: str = "") -> list[UnitCount]:
    """Return the unit asked for and the units directly below it, with how many hold what.

    Numbers only, so this is not logged. ``unit_id`` empty: the unit of the course. Raises
    LookupError for a course or a unit of others.
    """
    course = fetch_course(viewer, course_id)
    top = _unit(viewer, unit_id) or org.get_units([course.unit_id])[course.unit_id]
    today = today_of(viewer)
    edition = leading(editions_of(course.id))
    best = _best(course.id)
    where = _where(best, today)
    rows = db.session.execute(
        _members(
            select(
                Unit.path,
                func.sum(case((where == VALID, 1), else_=0)).label("valid"),
                func.sum(case((where == DUE, 1), else_=0)).label("due"),
                func.count().label("people"),
            ),
            best,
            today,
            _audience(viewer, edition, top.path),
        ).group_by(Unit.path)
    ).all()
    return _rolled_up(viewer, top, rows)


def _rolled_up(viewer: Viewer, top: org.UnitLine, rows: Any) -> list[UnitCount]:
    """Add the figures of all units below up to the one asked for and to its children."""
    sums: dict[int, list[int]] = {}
    parents: set[int] = set()
    for row in rows:
        ids = [int(part) for part in row.path.strip("/").split("/")]
        shown = [top.id] + ([ids[ids.index(top.id) + 1]] if ids[-1] != top.id else [])
        if len(ids) - ids.index(top.id) > 2:
            parents.add(shown[-1])
        for unit_id in shown:
            total = sums.setdefault(unit_id, [0, 0, 0])
            for place, number in enumerate((row.valid, row.due, row.people)):
                total[place] += number
    units = org.get_units(sums)
    return [
        _count(units[i], sums[i], has_children=i in parents)
        for i in sorted(sums, key=lambda one: (units[one].depth, units[one].code))
    ]


def _count(unit: org.UnitLine, sums: list[int], *, has_children: bool) -> UnitCount:
    valid, due, people = sums
    return UnitCount(unit.public_id, unit.name, valid, due, people, has_children)


def count_held(viewer: Viewer, course_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return how many people of the viewer's scope hold a valid and a due certificate, by course.

    For the list of courses: one statement, numbers only.
    """
    today = today_of(viewer)
    best = _best(*course_ids)
    where = _where(best, today)
    scope = or_(*(Unit.path.startswith(p, autoescape=True) for p in viewer.scope_paths(KEEP)))
    rows = db.session.execute(
        _members(
            select(
                best.c.course_id,
                func.sum(case((where == VALID, 1), else_=0)).label("valid"),
                func.sum(case((where == DUE, 1), else_=0)).label("due"),
            ),
            best,
            today,
            Unit.organisation_id == viewer.organisation_id,
            best.c.course_id.is_not(None),
            scope,
        ).group_by(best.c.course_id)
    )
    return {row.course_id: (row.valid or 0, row.due or 0) for row in rows}


@atomic
def log_reading(viewer: Viewer, course_id: str, purpose: str, unit_id: str = "") -> None:
    """Note in the log that the viewer reads who holds a certificate: on the page, or as a file.

    A command of its own, before the reading: opening a page writes nothing. Raises LookupError for
    a course or a unit of others.
    """
    course = fetch_course(viewer, course_id)
    unit = _unit(viewer, unit_id)
    audit.record(
        "training.list_read",
        f"course:{course.public_id}",
        actor_id=viewer.id,
        purpose=purpose,
        unit=unit.code if unit else "",
    )


def list_people(viewer: Viewer, course_id: str, asked: Asked) -> PeoplePage:
    """Return a page of the audience in the viewer's scope; raise LookupError for others' courses.

    ``log_reading`` comes first.
    """
    course = fetch_course(viewer, course_id)
    statement, today = _asked_for(viewer, course, asked)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    pages = max(1, -(-total // PAGE_LENGTH))
    number = min(max(1, asked.number), pages)
    rows = db.session.execute(
        statement.order_by(Unit.code, Person.number_key)
        .limit(PAGE_LENGTH)
        .offset((number - 1) * PAGE_LENGTH)
    )
    return PeoplePage([_line(row, today) for row in rows], total, number, pages)


def list_all(viewer: Viewer, course_id: str, asked: Asked) -> tuple[Edition, list[PersonLine]]:
    """Return the leading edition and everybody who matches, for a file.

    Raises LookupError for others' courses and Refusal when they are too many for one file.
    """
    course = fetch_course(viewer, course_id)
    statement, today = _asked_for(viewer, course, asked)
    rows = db.session.execute(
        statement.order_by(Unit.code, Person.number_key).limit(MAX_EXPORT + 1)
    ).all()
    if len(rows) > MAX_EXPORT:
        raise Refusal(_("These are too many people for one file. Choose a unit first."))
    return leading(editions_of(course.id)), [_line(row, today) for row in rows]


def _asked_for(viewer: Viewer, course: Course, asked: Asked) -> tuple[Select[Any], date]:
    today = today_of(viewer)
    best = _best(course.id)
    unit = _unit(viewer, asked.unit_id)
    edition = leading(editions_of(course.id))
    conditions = [_audience(viewer, edition, unit.path if unit else "/")]
    if asked.where in rules.STANDINGS:
        conditions.append(_where(best, today) == asked.where)
    if asked.search.strip():
        starts = asked.search.strip()
        conditions.append(
            or_(
                Person.name.startswith(starts, autoescape=True),
                Person.number_key.startswith(normal_number(starts), autoescape=True),
            )
        )
    statement = _members(
        select(
            Person.name,
            Person.employee_number,
            Unit.name.label("unit_name"),
            best.c.passed_on,
            best.c.valid_until,
            best.c.due_on,
            best.c.certificate_id,
        ),
        best,
        today,
        *conditions,
    )
    return statement, today


def _line(row: Any, today: date) -> PersonLine:
    held = row.certificate_id is not None
    until = None if not held or row.valid_until == date.max else row.valid_until
    return PersonLine(
        name=row.name,
        employee_number=row.employee_number,
        unit_name=row.unit_name,
        where=rules.standing(until, row.due_on, today) if held else NONE,
        passed_on=row.passed_on,
        valid_until=until,
        certificate_id=row.certificate_id,
    )
