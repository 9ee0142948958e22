"""Results of exams taken on paper: one by one, by employee number. Nobody enters their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import PRIMARY, normal_name, normal_number

from ..models import Edition, PaperResult
from .certificates import issue
from .fetching import KEEP, fetch_course, published, today_of, unit_ids_of

# What is wrong with a result, or what becomes of it; ``words`` of the views say it.
READY, ALREADY = "ready", "already"
OLDEST_DAYS = 366


@dataclass(frozen=True)
class Entry:
    """A result from paper: of whom, on which day, passed or not; ``name`` may be empty."""

    number: str
    held_on: date | None
    is_passed: bool | None
    name: str = ""


@dataclass(frozen=True)
class Judged:
    """What becomes of an entry: ready or already there, else ``problem`` says what is wrong."""

    entry: Entry
    person_id: int | None
    name: str
    state: str
    problem: str


def edition_of(viewer: Viewer, course_id: str) -> Edition:
    """Return the published edition of a course the viewer keeps.

    Raises LookupError for others' courses and Refusal while nothing is published.
    """
    edition = published(fetch_course(viewer, course_id).id)
    if edition is None:
        raise Refusal(_("Results can be entered once the course is published."))
    return edition


def judge(viewer: Viewer, edition: Edition, entries: list[Entry]) -> list[Judged]:
    """Return what would become of each entry, in order; four statements, nothing is written."""
    keys = {normal_number(entry.number) for entry in entries}
    people = _people(viewer, keys)
    known = _known(edition.id, [person.id for person, _unit in people.values()])
    paths = tuple(unit.path for unit in org.get_units(unit_ids_of(edition.id)).values())
    today = today_of(viewer)
    seen: set[tuple[str, date | None]] = set()
    judged = []
    for entry in entries:
        key = normal_number(entry.number)
        person, unit = people.get(key, (None, None))
        problem = _flaw(entry, today) or _about(viewer, entry, person, unit, paths)
        if not problem and (key, entry.held_on) in seen:
            problem = _("This person and day stand in the file twice.")
        seen.add((key, entry.held_on))
        before = known.get((person.id, entry.held_on)) if person and entry.held_on else None
        if not problem and before and not entry.is_passed:
            problem = _("This day is entered as passed. Withdraw the certificate instead.")
        judged.append(
            Judged(
                entry=entry,
                person_id=person.id if person else None,
                # The name of somebody outside of the scope is not given away.
                name=person.name if person and not problem else entry.name,
                state=ALREADY if not problem and before == entry.is_passed else READY,
                problem=problem,
            )
        )
    return judged


def _people(viewer: Viewer, keys: set[str]) -> dict[str, tuple[Person, Unit | None]]:
    today = today_of(viewer)
    rows = db.session.execute(
        select(Person, Unit)
        .outerjoin(
            Membership,
            (Membership.person_id == Person.id)
            & (Membership.kind == PRIMARY)
            & (Membership.starts_on <= today)
            & (Membership.ends_on.is_(None) | (Membership.ends_on > today)),
        )
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(Person.organisation_id == viewer.organisation_id, Person.number_key.in_(keys))
    )
    return {person.number_key: (person, unit) for person, unit in rows}


def _known(edition_id: int, person_ids: list[int]) -> dict[tuple[int, date], bool]:
    rows = db.session.execute(
        select(PaperResult.person_id, PaperResult.held_on, PaperResult.is_passed).where(
            PaperResult.edition_id == edition_id, PaperResult.person_id.in_(person_ids)
        )
    )
    return {(row.person_id, row.held_on): row.is_passed for row in rows}


def _flaw(entry: Entry, today: date) -> str:
    """Return what is wrong with an entry as it is written, or nothing."""
    if not normal_number(entry.number):
        return _("The employee number is missing.")
    if entry.held_on is None:
        return _("This is no day; write it like 2026-11-22.")
    if entry.held_on > today:
        return _("This day is in the future.")
    if (today - entry.held_on).days > OLDEST_DAYS:
        return _("This day is more than a year ago.")
    if entry.is_passed is None:
        return _("Write “passed” or “not passed” as the result.")
    return ""


def _about(
    viewer: Viewer, entry: Entry, person: Person | None, unit: Unit | None, paths: tuple[str, ...]
) -> str:
    """Return why the viewer cannot enter something about this person, or nothing."""
    # Unknown numbers and people of other scopes read alike: the desk is no directory.
    if person is None or unit is None or not viewer.covers(KEEP, unit.path):
        return _("Nobody in your scope has this number.")
    if person.id == viewer.id:
        return _("Nobody enters their own result. Another trainer can do it.")
    if not unit.path.startswith(paths):
        return _("The course is not for this person's unit.")
    if entry.name and normal_name(entry.name) != person.name:
        return _("Number and name do not belong together.")
    return ""


@atomic
def enter(viewer: Viewer, course_id: str, entries: list[Entry]) -> int:
    """Write results from paper with their certificates; return how many were new.

    All or nothing. Raises LookupError for others' courses, and Refusal with the first problem.
    """
    return enter_into(viewer, edition_of(viewer, course_id), entries)


def enter_into(viewer: Viewer, edition: Edition, entries: list[Entry]) -> int:
    """Write results for an edition, as part of a command; see ``enter``."""
    judged = judge(viewer, edition, entries)
    problem = next((one.problem for one in judged if one.problem), "")
    if problem:
        raise Refusal(problem, status=422, field="number")
    return sum(_enter(viewer, edition, one) for one in judged if one.state == READY)


def _enter(viewer: Viewer, edition: Edition, judged: Judged) -> int:
    """Write one result; a failed one may become a passed one of the same day, never the reverse."""
    entry = judged.entry
    assert judged.person_id is not None
    assert entry.held_on is not None
    db.session.execute(
        insert(PaperResult)
        .values(
            edition_id=edition.id,
            person_id=judged.person_id,
            held_on=entry.held_on,
            is_passed=False,
            recorded_by=viewer.id,
        )
        .on_conflict_do_nothing(index_elements=["edition_id", "person_id", "held_on"])
    )
    result = db.session.scalars(
        select(PaperResult)
        .where(
            PaperResult.edition_id == edition.id,
            PaperResult.person_id == judged.person_id,
            PaperResult.held_on == entry.held_on,
        )
        .with_for_update()
    ).one()
    if entry.is_passed and not result.is_passed:
        result.is_passed = True
        result.recorded_by = viewer.id
    if result.is_passed:
        db.session.flush()
        team = org.unit_on(judged.person_id, entry.held_on)  # the result stays with the team
        issue(edition, judged.person_id, team, entry.held_on, paper_id=result.id)
    person = db.session.get_one(Person, judged.person_id)
    audit.record(
        "training.result_entered",
        f"person:{person.public_id}",
        actor_id=viewer.id,
        edition=edition.id,
        held_on=entry.held_on,
        is_passed=bool(entry.is_passed),
    )
    return 1
