"""Fetching a course with the check whose it is; every other module of this service asks here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org.models import Unit
from quizapp.org.rules import learning_day

from ..models import Course, Edition, EditionAudience, Section
from ..rules import CLOSED, DRAFT, PUBLISHED
from . import exams
from .exams import ExamPlan

KEEP = Permission.KEEP_TRAINING


@dataclass(frozen=True)
class SectionView:
    """A part of what a course teaches; ``source_url`` is empty for a document without address."""

    heading: str
    body: str
    source_id: int | None
    source: str
    source_url: str


@dataclass(frozen=True)
class EditionView:
    """An edition of a course, with its content and its exam; ids of units are internal."""

    id: int
    course_id: str
    number: int
    state: str
    title: str
    kind: str
    legal_document: str
    legal_clause: str
    legal_words: str
    hours: int
    validity_months: int | None
    window_days: int
    complete_by: date | None
    exam: ExamPlan
    blueprint_id: int | None
    sections: tuple[SectionView, ...]
    unit_ids: tuple[int, ...]


def today_of(viewer: Viewer) -> date:
    """Return the viewer's learning day."""
    return learning_day(clock.now(), viewer.time_zone)


def fetch_course(viewer: Viewer, public_id: str) -> Course:
    """Return a course of the viewer's scope as a trainer; raise LookupError for any other."""
    row = db.session.execute(
        select(Course, Unit.path)
        .join(Unit, Unit.id == Course.unit_id)
        .where(Course.public_id == public_id, Course.organisation_id == viewer.organisation_id)
    ).first()
    if row is None or not viewer.covers(KEEP, row.path):
        raise LookupError(f"course {public_id}")
    found: Course = row[0]
    return found


def editions_of(course_id: int) -> list[Edition]:
    """Return the editions of a course, the newest first."""
    return list(
        db.session.scalars(
            select(Edition).where(Edition.course_id == course_id).order_by(Edition.number.desc())
        )
    )


def leading(editions: list[Edition]) -> Edition:
    """Return the edition that stands for a course: the published one, else the latest one.

    A draft leads only while there is nothing else.
    """
    for state in (PUBLISHED, CLOSED, DRAFT):
        found = next((edition for edition in editions if edition.state == state), None)
        if found is not None:
            return found
    raise LookupError("a course without editions")


def published(course_id: int) -> Edition | None:
    """Return the published edition of a course, or None."""
    return db.session.scalar(
        select(Edition).where(Edition.course_id == course_id, Edition.state == PUBLISHED)
    )


def unit_ids_of(edition_id: int) -> tuple[int, ...]:
    """Return the units an edition is for."""
    return tuple(
        db.session.scalars(
            select(EditionAudience.unit_id)
            .where(EditionAudience.edition_id == edition_id)
            .order_by(EditionAudience.unit_id)
        )
    )


def to_view(edition: Edition, course_id: str) -> EditionView:
    """Return an edition with everything it says; two statements."""
    sections = db.session.scalars(
        select(Section).where(Section.edition_id == edition.id).order_by(Section.position)
    )
    return EditionView(
        id=edition.id,
        course_id=course_id,
        number=edition.number,
        state=edition.state,
        title=edition.title,
        kind=edition.kind,
        legal_document=edition.legal_document,
        legal_clause=edition.legal_clause,
        legal_words=edition.legal_words,
        hours=edition.hours,
        validity_months=edition.validity_months,
        window_days=edition.window_days,
        complete_by=edition.complete_by,
        exam=exams.from_json(edition.exam),
        blueprint_id=edition.blueprint_id,
        sections=tuple(
            SectionView(one.heading, one.body, one.source_id, one.source, one.source_url)
            for one in sections
        ),
        unit_ids=unit_ids_of(edition.id),
    )
