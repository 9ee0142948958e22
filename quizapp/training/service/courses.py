"""Writing courses: drafts, publication, new editions, closing. For the trainers of their scope."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.items.service import sources
from quizapp.org import service as org
from quizapp.quizzes.service import statutory

from .. import rules
from ..models import Course, Edition, EditionAudience, ResultFile, Section
from ..rules import CLOSED, DRAFT, PUBLISHED
from . import exams
from .exams import ExamPlan
from .fetching import KEEP, EditionView, editions_of, fetch_course, published, to_view, unit_ids_of


@dataclass(frozen=True)
class SectionText:
    """What a trainer writes as a section; ``source_id`` names a document of the bank, or None."""

    heading: str
    body: str
    source_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CourseText:
    """Everything a trainer says about an edition; units by their public ids."""

    title: str
    kind: str
    legal_document: str
    legal_clause: str
    legal_words: str
    hours: int
    validity_months: int | None
    window_days: int
    complete_by: date | None
    sections: tuple[SectionText, ...]
    exam: ExamPlan
    units: tuple[str, ...]


@atomic
def add_course(viewer: Viewer, text: CourseText) -> str:
    """Begin a course with its first edition as a draft and return its public id.

    It belongs to the unit that all units of its audience lie in. Raises Refusal for a unit outside
    of the viewer's scope, or when it names none.
    """
    units = _units(viewer, text.units)
    course = Course(
        organisation_id=viewer.organisation_id,
        unit_id=_home(viewer, units),
        created_by=viewer.id,
    )
    db.session.add(course)
    db.session.flush()
    edition = Edition(course_id=course.id, number=1)
    _write(viewer, edition, text, units)
    _log(viewer, "training.course_added", course)
    return course.public_id


def _units(viewer: Viewer, public_ids: tuple[str, ...]) -> list[org.UnitLine]:
    wanted = set(public_ids)
    found = [unit for unit in org.list_units(viewer.organisation_id) if unit.public_id in wanted]
    if not found:
        raise Refusal(_("Choose for whom the course is."), field="units", status=422)
    if len(found) < len(wanted) or not all(viewer.covers(KEEP, unit.path) for unit in found):
        raise Refusal(_("Choose units of your own scope."), field="units", status=422)
    return found


def _home(viewer: Viewer, units: list[org.UnitLine]) -> int:
    """Return the lowest unit of the viewer's scope that holds all of these."""
    first, *others = (unit.path for unit in units)
    parts = first.strip("/").split("/")
    for depth in range(len(parts), 0, -1):
        path = f"/{'/'.join(parts[:depth])}/"
        if all(other.startswith(path) for other in others) and viewer.covers(KEEP, path):
            return int(parts[depth - 1])
    # Two scopes with nothing of one's own above them: the course is kept where its first unit is.
    return units[0].id


@atomic
def save_draft(viewer: Viewer, course_id: str, text: CourseText) -> None:
    """Write the draft of a course anew; raise Refusal when it has none."""
    course = fetch_course(viewer, course_id)
    draft = _draft(course)
    units = _units(viewer, text.units)
    _write(viewer, draft, text, units)
    if draft.number == 1:
        course.unit_id = _home(viewer, units)
    _log(viewer, "training.draft_saved", course, edition=draft.number)


def _draft(course: Course) -> Edition:
    found = next((one for one in editions_of(course.id) if one.state == DRAFT), None)
    if found is None:
        raise Refusal(_("What is published does not change. Begin a new edition."))
    return found


def _write(viewer: Viewer, edition: Edition, text: CourseText, units: list[org.UnitLine]) -> None:
    if text.kind not in rules.KINDS:
        raise Refusal(_("Choose a kind of training."), field="kind", status=422)
    edition.title = text.title
    edition.kind = text.kind
    edition.legal_document = text.legal_document.strip().strip("《》").strip()
    edition.legal_clause = text.legal_clause.strip()
    if not (edition.legal_document and edition.legal_clause):
        raise Refusal(
            _("A statutory course names its legal basis: the document and the clause."),
            field="legal_document",
            status=422,
        )
    edition.legal_words = text.legal_words
    edition.hours = text.hours
    edition.validity_months = text.validity_months
    edition.window_days = text.window_days if text.validity_months else 0
    edition.complete_by = text.complete_by
    edition.exam = exams.to_json(text.exam)
    db.session.add(edition)
    db.session.flush()
    db.session.execute(delete(Section).where(Section.edition_id == edition.id))
    db.session.execute(delete(EditionAudience).where(EditionAudience.edition_id == edition.id))
    known = {one.id: one for one in sources.names_of_sources(viewer.organisation_id)}
    for position, section in enumerate(text.sections[: rules.MAX_SECTIONS], start=1):
        source = known.get(section.source_id or 0)
        db.session.add(
            Section(
                edition_id=edition.id,
                position=position,
                heading=section.heading,
                body=section.body,
                source_id=source.id if source else None,
                source=f"《{source.title}》{source.edition}" if source else "",
                source_url=source.url if source else "",
            )
        )
    for unit in units:
        db.session.add(EditionAudience(edition_id=edition.id, unit_id=unit.id))
    db.session.flush()


def get_draft(viewer: Viewer, course_id: str) -> EditionView:
    """Return the draft of a course; raise Refusal when it has none."""
    course = fetch_course(viewer, course_id)
    return to_view(_draft(course), course.public_id)


@atomic
def publish(viewer: Viewer, course_id: str) -> None:
    """Publish the draft of a course: its exam is opened, and the edition before it is closed.

    Certificates of earlier editions stay what they are. Raises Refusal, saying what is missing.
    """
    course = _locked(viewer, course_id)
    draft = _draft(course)
    view = to_view(draft, course.public_id)
    _check_complete(view, course.organisation_id)
    before = published(course.id)
    if before is not None:
        _close(before)
    plan = view.exam
    draft.blueprint_id = statutory.open_exam(
        statutory.NewExam(
            organisation_id=course.organisation_id,
            unit_id=course.unit_id,
            author_id=viewer.id,
            name=_exam_name(draft),
            legal_basis=f"《{draft.legal_document}》{draft.legal_clause}",
            blueprint=exams.to_blueprint(plan),
            limit_seconds=plan.minutes * 60,
            grace_seconds=rules.GRACE_SECONDS,
            attempts_allowed=plan.attempts,
            cut_score=plan.cut_percent / 100,
            unit_ids=view.unit_ids,
        )
    )
    draft.state = PUBLISHED
    draft.published_at = clock.now()
    _log(viewer, "training.published", course, edition=draft.number)


def _locked(viewer: Viewer, course_id: str) -> Course:
    """Return a course whose row is held, so that two who publish it do so one by one."""
    course = fetch_course(viewer, course_id)
    db.session.execute(select(Course.id).where(Course.id == course.id).with_for_update())
    return course


def _exam_name(edition: Edition) -> str:
    """Return how the exam is called: two editions of a course are two quizzes."""
    if edition.number == 1:
        return edition.title
    return _("%(title)s, edition %(number)s", title=edition.title, number=edition.number)


def _check_complete(view: EditionView, organisation_id: int) -> None:
    """Refuse what cannot be published yet, with every reason in one sentence."""
    if not view.sections:
        raise Refusal(_("Write at least one section to read before publishing."), status=422)
    if not view.exam.rows:
        raise Refusal(_("Say what the exam asks before publishing."), status=422)
    lacks = exams.find_lacks(organisation_id, view.exam)
    if lacks:
        named = _("; ").join(
            _("%(theme)s: %(number)s missing", theme=lack.theme, number=lack.missing)
            for lack in lacks
        )
        raise Refusal(
            _("The bank has too few approved questions for this exam. %(lacks)s.", lacks=named),
            status=422,
        )


def _close(edition: Edition) -> None:
    edition.state = CLOSED
    if edition.blueprint_id is not None:
        statutory.close_exam(edition.blueprint_id)


@atomic
def close(viewer: Viewer, course_id: str) -> None:
    """End a course: nobody begins its exam any more. Certificates stay valid until their end."""
    course = _locked(viewer, course_id)
    edition = published(course.id)
    if edition is None:
        raise Refusal(_("Nothing of this course is published."))
    _close(edition)
    _log(viewer, "training.closed", course, edition=edition.number)


@atomic
def revise(viewer: Viewer, course_id: str) -> None:
    """Begin a new edition as a copy of the one that leads; changes nothing when one is begun."""
    course = _locked(viewer, course_id)
    editions = editions_of(course.id)
    if any(one.state == DRAFT for one in editions):
        return
    newest = editions[0]
    copied = (
        *("title", "kind", "legal_document", "legal_clause", "legal_words", "hours", "exam"),
        *("validity_months", "window_days", "complete_by"),
    )
    draft = Edition(
        course_id=course.id,
        number=newest.number + 1,
        **{name: getattr(newest, name) for name in copied},
    )
    db.session.add(draft)
    db.session.flush()
    for position, section in enumerate(to_view(newest, course.public_id).sections, start=1):
        db.session.add(Section(edition_id=draft.id, position=position, **asdict(section)))
    for unit_id in unit_ids_of(newest.id):
        db.session.add(EditionAudience(edition_id=draft.id, unit_id=unit_id))
    _log(viewer, "training.edition_begun", course, edition=draft.number)


@atomic
def discard(viewer: Viewer, course_id: str) -> bool:
    """Delete the draft of a course; return whether the course is still there.

    A course that was never published goes with its draft.
    """
    course = _locked(viewer, course_id)
    draft = _draft(course)
    for table in (Section, EditionAudience, ResultFile):
        db.session.execute(delete(table).where(table.edition_id == draft.id))
    db.session.delete(draft)
    db.session.flush()
    _log(viewer, "training.draft_discarded", course, edition=draft.number)
    if editions_of(course.id):
        return True
    db.session.delete(course)
    return False


def _log(viewer: Viewer, action: str, course: Course, **facts: Any) -> None:
    audit.record(action, f"course:{course.public_id}", actor_id=viewer.id, **facts)
