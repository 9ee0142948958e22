"""A statutory course, its trainer, and certificates in any state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core.db import atomic, db
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.training import service as training
from quizapp.training.models import Certificate, Course, Edition
from quizapp.training.service import CourseText, ExamPlan, ExamRow, SectionText
from tests.factories import people

THEME = "测试主题"


@atomic
def trainer(world: people.World, name: str = "tess", unit_id: int | None = None) -> Viewer:
    """Add a safety trainer of company A for a unit (None: all of it) and return them."""
    if name not in world.people:
        root = org.find_unit_by_code(world.organisation, "A")
        assert root
        world.people[name] = people.person(
            world.organisation,
            unit_id or root.id,
            name.title(),
            f"t{name}",
            role=Role.SAFETY_TRAINER,
        )
    return people.viewer(world.people[name])


def text(world: people.World, unit_id: int | None = None, **changes: object) -> CourseText:
    """Return a course as a trainer writes it: an exam of five items, for the plant by default."""
    unit = db.session.get_one(Unit, unit_id or world.plant)
    said = CourseText(
        title="煤气安全年度复训",
        kind="refresher",
        legal_document="安全生产法",
        legal_clause="第二十八条",
        legal_words="未经安全生产教育和培训合格的从业人员，不得上岗作业。",
        hours=8,
        validity_months=12,
        window_days=60,
        complete_by=date(2026, 12, 18),
        sections=(
            SectionText("认识煤气", "无色，有毒。"),
            SectionText("报警之后", "先撤离，再报告。"),
        ),
        exam=ExamPlan(rows=(ExamRow(THEME, easy=5),), minutes=20, cut_percent=80, attempts=3),
        units=(unit.public_id,),
    )
    return replace(said, **changes)  # type: ignore[arg-type]


def published(viewer: Viewer, said: CourseText) -> str:
    """Publish a course and return its public id."""
    course_id = training.add_course(viewer, said)
    training.publish(viewer, course_id)
    return course_id


def edition(course_id: str, number: int = 1) -> Edition:
    """Return an edition of a course."""
    return db.session.scalars(
        select(Edition)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.public_id == course_id, Edition.number == number)
    ).one()


def certify(viewer: Viewer, course_id: str, person_id: int, passed_on: date) -> str:
    """Enter that a person passed on paper and return the public id of the certificate."""
    number = db.session.get_one(Person, person_id).employee_number
    training.enter(viewer, course_id, [training.Entry(number, passed_on, True)])
    return db.session.scalars(
        select(Certificate.public_id).where(
            Certificate.person_id == person_id, Certificate.passed_on == passed_on
        )
    ).one()
