"""The trainer's desk: the courses of the own scope, and one course with all its editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.quizzes.service import statutory

from ..models import Course, Edition
from ..rules import DRAFT
from . import people
from .fetching import KEEP, EditionView, editions_of, fetch_course, leading, to_view
from .people import UnitCount


@dataclass(frozen=True)
class DeskLine:
    """A course on the desk: how many people of the own scope hold what, as numbers."""

    course_id: str
    title: str
    kind: str
    state: str
    legal_basis: str
    unit_name: str
    complete_by: date | None
    has_draft: bool
    valid: int
    due: int


@dataclass(frozen=True)
class EditionLine:
    """An edition in the list of a course's editions."""

    number: int
    state: str
    title: str
    published_at: datetime | None


@dataclass(frozen=True)
class Sheet:
    """A course for its trainer: the edition that leads, the draft beside it, counts and papers."""

    course_id: str
    unit_name: str
    edition: EditionView
    editions: list[EditionLine]
    has_draft: bool
    audience: tuple[str, ...]
    counts: list[UnitCount]
    papers: list[tuple[int, datetime]]


def list_desk(viewer: Viewer) -> list[DeskLine]:
    """Return the courses of the viewer's scope, the newest first; three statements."""
    paths = viewer.scope_paths(KEEP)
    rows = db.session.execute(
        select(Course, Edition, Unit.name)
        .join(Edition, Edition.course_id == Course.id)
        .join(Unit, Unit.id == Course.unit_id)
        .where(
            Course.organisation_id == viewer.organisation_id,
            or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
        )
        .order_by(Course.id.desc(), Edition.number.desc())
    ).all()
    editions: dict[int, list[Edition]] = {}
    courses = {}
    for course, edition, unit_name in rows:
        editions.setdefault(course.id, []).append(edition)
        courses[course.id] = (course, unit_name)
    held = people.count_held(viewer, list(courses))
    return [
        _line(course, editions[course.id], unit_name, held.get(course.id, (0, 0)))
        for course, unit_name in courses.values()
    ]


def _line(
    course: Course, editions: list[Edition], unit_name: str, held: tuple[int, int]
) -> DeskLine:
    shown = leading(editions)
    return DeskLine(
        course_id=course.public_id,
        title=shown.title,
        kind=shown.kind,
        state=shown.state,
        legal_basis=f"《{shown.legal_document}》{shown.legal_clause}",
        unit_name=unit_name,
        complete_by=shown.complete_by,
        has_draft=shown.state != DRAFT and any(one.state == DRAFT for one in editions),
        valid=held[0],
        due=held[1],
    )


def get_sheet(viewer: Viewer, course_id: str, unit_id: str = "") -> Sheet:
    """Return a course of the viewer's scope, with the counts of a unit and of those below it.

    Raises LookupError for courses and units of others.
    """
    course = fetch_course(viewer, course_id)
    editions = editions_of(course.id)
    shown = leading(editions)
    units = org.get_units([course.unit_id])
    view = to_view(shown, course.public_id)
    audience = org.get_units(view.unit_ids)
    counts: list[UnitCount] = []
    if shown.state != DRAFT:
        counts = people.count_by_unit(viewer, course_id, unit_id)
    return Sheet(
        course_id=course.public_id,
        unit_name=units[course.unit_id].name,
        edition=view,
        editions=[
            EditionLine(one.number, one.state, one.title, one.published_at) for one in editions
        ],
        has_draft=any(one.state == DRAFT for one in editions),
        audience=tuple(audience[one].name for one in view.unit_ids if one in audience),
        counts=counts,
        papers=statutory.list_papers(shown.blueprint_id) if shown.blueprint_id else [],
    )


def get_blueprint(viewer: Viewer, course_id: str) -> EditionView:
    """Return the edition that leads, for its paper forms; raise LookupError when it has no exam."""
    course = fetch_course(viewer, course_id)
    view = to_view(leading(editions_of(course.id)), course.public_id)
    if view.blueprint_id is None:
        raise LookupError(f"course {course_id} has no exam yet")
    return view


def unit_choices(viewer: Viewer, most: int = 200) -> list[org.UnitLine]:
    """Return the units of the viewer's scope a course can be for, from the top down.

    Teams are left out where there are more than ``most`` units: a course is for workshops there.
    """
    units = [
        unit for unit in org.list_units(viewer.organisation_id) if viewer.covers(KEEP, unit.path)
    ]
    return units if len(units) <= most else [unit for unit in units if unit.kind != "team"]
