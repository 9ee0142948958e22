"""What a learner sees: the courses the law asks of them, their content, the rules of the exam."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.agenda import service as agenda
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org.models import Unit
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import statutory

from .. import rules
from ..models import Certificate, Course, Edition, EditionAudience
from ..rules import PUBLISHED
from . import exams
from .fetching import KEEP, EditionView, to_view, today_of


@dataclass(frozen=True)
class Standing:
    """Where a person stands with a course; ``before`` is the day by which it is to be done."""

    where: str
    passed_on: date | None
    valid_until: date | None
    before: date | None

    @property
    def is_asked(self) -> bool:
        """Tell whether the course is to be taken now."""
        return rules.is_asked(self.where)


@dataclass(frozen=True)
class CourseLine:
    """A course on a person's own list."""

    course_id: str
    title: str
    kind: str
    minutes: int
    legal_basis: str
    standing: Standing


@dataclass(frozen=True)
class CoursePage:
    """A course to read; ``standing`` None for a trainer to whom it is not addressed."""

    edition: EditionView
    standing: Standing | None


@dataclass(frozen=True)
class ExamRules:
    """What everybody reads before an exam; ``left`` None: any number of attempts.

    ``minutes`` are those of this person, None: without a clock.
    """

    course_id: str
    title: str
    standing: Standing
    questions: int
    minutes: int | None
    grace_seconds: int
    cut_percent: int
    attempts: int | None
    left: int | None
    open_id: str | None

    @property
    def may_start(self) -> bool:
        """Tell whether the exam can be begun or gone on with."""
        return self.open_id is not None or self.left is None or self.left > 0


def list_courses(viewer: Viewer) -> list[CourseLine]:
    """Return the courses for the viewer's team, what is to be taken first; two statements."""
    lines = [
        CourseLine(
            course_id=row.public_id,
            title=row.title,
            kind=row.kind,
            minutes=exams.from_json(row.exam).minutes,
            legal_basis=f"《{row.legal_document}》{row.legal_clause}",
            standing=standing,
        )
        for row, standing in _with_standings(viewer)
    ]
    return sorted(
        lines,
        key=lambda line: (
            not line.standing.is_asked,
            line.standing.before or date.max,
            line.title,
        ),
    )


def list_tasks(viewer: Viewer) -> list[agenda.TaskLine]:
    """Return what the law asks of the viewer now and by which day, for the list of tasks."""
    return [
        agenda.TaskLine(
            public_id=line.course_id,
            title=line.title,
            picture="helmet",
            address=("training.course", {"course_id": line.course_id}),
            due_on=line.standing.before,
            wish="statutory",
            minutes=line.minutes,
            note="",
            legal_basis=line.legal_basis,
            state="open",
            opens_on=None,
            done_on=None,
            is_past_day=line.standing.before < today_of(viewer),
        )
        for line in list_courses(viewer)
        if line.standing.is_asked and line.standing.before
    ]


def _unit_ids(viewer: Viewer) -> list[int]:
    return [int(part) for part in (viewer.unit_path or "/").strip("/").split("/") if part]


def _with_standings(viewer: Viewer) -> list[tuple[Any, Standing]]:
    units = _unit_ids(viewer)
    if not units:
        return []
    addressed = select(EditionAudience.edition_id).where(EditionAudience.unit_id.in_(units))
    rows = db.session.execute(
        select(
            Edition.title,
            Edition.kind,
            Edition.complete_by,
            Edition.exam,
            Edition.legal_document,
            Edition.legal_clause,
            Course.id,
            Course.public_id,
        )
        .join(Course, Course.id == Edition.course_id)
        .where(
            Edition.state == PUBLISHED,
            Edition.id.in_(addressed),
            Course.organisation_id == viewer.organisation_id,
        )
    ).all()
    if not rows:
        return []
    held = _held(viewer, [row.id for row in rows])
    today = today_of(viewer)
    return [(row, _standing(held.get(row.id), row.complete_by, today)) for row in rows]


def _held(viewer: Viewer, course_ids: list[int]) -> dict[int, Certificate]:
    """Return a person's best certificate, the one that ends last, by course id."""
    rows = db.session.scalars(
        select(Certificate).where(
            Certificate.person_id == viewer.id,
            Certificate.course_id.in_(course_ids),
            Certificate.withdrawn_at.is_(None),
        )
    )
    best: dict[int, Certificate] = {}
    for row in sorted(rows, key=lambda one: (one.valid_until or date.max, one.id)):
        best[row.course_id] = row
    return best


def _standing(held: Certificate | None, complete_by: date | None, today: date) -> Standing:
    if held is None:
        return Standing(rules.NONE, None, None, complete_by)
    where = rules.standing(held.valid_until, held.due_on, today)
    before = held.valid_until if where != rules.VALID else None
    return Standing(where, held.passed_on, held.valid_until, before)


def _fetch(viewer: Viewer, course_id: str) -> tuple[Edition, str]:
    """Return the published edition of a course and the path of its unit; raise LookupError."""
    row = db.session.execute(
        select(Edition, Unit.path)
        .join(Course, Course.id == Edition.course_id)
        .join(Unit, Unit.id == Course.unit_id)
        .where(
            Course.public_id == course_id,
            Course.organisation_id == viewer.organisation_id,
            Edition.state == PUBLISHED,
        )
    ).first()
    if row is None:
        raise LookupError(f"course {course_id}")
    return row[0], row[1]


def get_course(viewer: Viewer, course_id: str) -> CoursePage:
    """Return a published course that is for the viewer, or that they keep; raise LookupError."""
    edition, home = _fetch(viewer, course_id)
    view = to_view(edition, course_id)
    is_addressed = bool(set(view.unit_ids) & set(_unit_ids(viewer)))
    if not is_addressed and not viewer.covers(KEEP, home):
        raise LookupError(f"course {course_id}")
    if not is_addressed:
        return CoursePage(view, None)
    held = _held(viewer, [edition.course_id]).get(edition.course_id)
    return CoursePage(view, _standing(held, edition.complete_by, today_of(viewer)))


def get_exam(viewer: Viewer, course_id: str) -> ExamRules:
    """Return the rules of an exam for the viewer; raise LookupError when it is not for them."""
    page = get_course(viewer, course_id)
    edition = page.edition
    if page.standing is None or edition.blueprint_id is None:
        raise LookupError(f"course {course_id}")
    offer = quizzes.get_quiz(viewer, statutory.get_exam_id(edition.blueprint_id))
    plan, seconds = edition.exam, offer.limit_seconds
    return ExamRules(
        course_id=course_id,
        title=edition.title,
        standing=page.standing,
        questions=plan.count,
        minutes=None if seconds is None else round(seconds / 60),
        grace_seconds=rules.GRACE_SECONDS,
        cut_percent=plan.cut_percent,
        attempts=plan.attempts,
        left=offer.attempts_left,
        open_id=offer.open_attempt,
    )


def start_exam(viewer: Viewer, course_id: str) -> str:
    """Begin the exam of a course, or go on with it, and return the public id of the attempt.

    Raises LookupError when it is not for the viewer, Refusal when it cannot be begun.
    """
    exam = get_exam(viewer, course_id)
    if exam.open_id is not None:
        return exam.open_id
    if not exam.may_start:
        raise Refusal(
            _("Your attempts are used up. The safety trainer can arrange an exam on paper.")
        )
    edition, _home = _fetch(viewer, course_id)
    return quizzes.start(viewer, statutory.get_exam_id(edition.blueprint_id or 0))
