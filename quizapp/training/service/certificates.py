"""Certificates: issued for a pass, shown to their owner, checked by anybody who holds the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit, clock, security
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.core.redis import store
from quizapp.org.models import Organisation, Unit
from quizapp.org.rules import learning_day
from quizapp.quizzes.service import statutory

from .. import rules
from ..models import Certificate, Course, Edition
from .fetching import KEEP, today_of

WITHDRAWN = "withdrawn"
MISSES, MISS_SECONDS = 30, 600  # codes that do not exist, from one address


@dataclass(frozen=True)
class CertificateView:
    """A certificate as its owner and the trainer of its course see it; ``state`` is on that day."""

    public_id: str
    number: str
    check_code: str
    name: str
    employee_number: str
    unit_name: str
    organisation_name: str
    course_id: str
    title: str
    kind: str
    edition: int
    hours: int
    legal_document: str
    legal_clause: str
    passed_on: date
    valid_until: date | None
    due_on: date | None
    is_paper: bool
    state: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    is_own: bool
    may_withdraw: bool


@dataclass(frozen=True)
class Checked:
    """What anybody learns from a check code: ``name`` is masked unless it is one's own to see."""

    number: str
    name: str
    organisation_name: str
    title: str
    passed_on: date
    valid_until: date | None
    state: str


@atomic
def issue(
    edition: Edition,
    person_id: int,
    unit_id: int | None,
    passed_on: date,
    *,
    attempt_id: int | None = None,
    paper_id: int | None = None,
) -> bool:
    """Write the certificate of a pass; return whether it is new.

    A person has one for an edition and a day, however often and in how many ways it is told.
    """
    until = rules.last_day(passed_on, edition.validity_months)
    made = db.session.scalar(
        insert(Certificate)
        .values(
            number=rules.new_number(passed_on),
            check_code=rules.new_code(),
            course_id=edition.course_id,
            edition_id=edition.id,
            person_id=person_id,
            unit_id=unit_id,
            passed_on=passed_on,
            valid_until=until,
            due_on=rules.due_from(passed_on, until, edition.window_days),
            attempt_id=attempt_id,
            paper_id=paper_id,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "edition_id", "passed_on"])
        .returning(Certificate.id)
    )
    return made is not None


@atomic
def certify(
    *, attempt_id: int, blueprint_id: int, person_id: int, unit_id: int | None, day: date
) -> bool:
    """Write the certificate of a passed attempt; return whether it is new.

    Nothing happens for a statutory quiz that belongs to no course.
    """
    edition = db.session.scalar(select(Edition).where(Edition.blueprint_id == blueprint_id))
    if edition is None:
        return False
    return issue(edition, person_id, unit_id, day, attempt_id=attempt_id)


@atomic
def issue_missing() -> int:
    """Write the certificates of passes that have none, as after a listener failed; count them."""
    made = last_id = 0
    while passes := statutory.list_passes(last_id):
        known = set(
            db.session.scalars(
                select(Certificate.attempt_id).where(
                    Certificate.attempt_id.in_([one.attempt_id for one in passes])
                )
            )
        )
        for one in passes:
            if one.attempt_id not in known:
                made += certify(
                    attempt_id=one.attempt_id,
                    blueprint_id=one.blueprint_id,
                    person_id=one.person_id,
                    unit_id=one.unit_id,
                    day=one.day,
                )
        last_id = passes[-1].attempt_id
    return made


def _state(row: Certificate, today: date) -> str:
    if row.withdrawn_at is not None:
        return WITHDRAWN
    return rules.standing(row.valid_until, row.due_on, today)


def get_certificate(viewer: Viewer, public_id: str) -> CertificateView:
    """Return one's own certificate, or one of a course one keeps; raise LookupError otherwise."""
    found = _find(Certificate.public_id == public_id)
    if found is None:
        raise LookupError(f"certificate {public_id}")
    _certificate, person, _organisation, _edition, course, home, _unit = found
    is_own = person.id == viewer.id
    keeps = course.organisation_id == viewer.organisation_id and viewer.covers(KEEP, home)
    if not (is_own or keeps):
        raise LookupError(f"certificate {public_id}")
    return _to_view(found, today_of(viewer), is_own=is_own, keeps=keeps)


_Found = tuple[Certificate, Person, Organisation, Edition, Course, str, str | None]


def _rows(condition: ColumnElement[bool]) -> list[_Found]:
    """Return certificates with everything around them, the newest first; one statement."""
    team = aliased(Unit)
    rows = db.session.execute(
        select(Certificate, Person, Organisation, Edition, Course, Unit.path, team.name)
        .join(Person, Person.id == Certificate.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .join(Edition, Edition.id == Certificate.edition_id)
        .join(Course, Course.id == Certificate.course_id)
        .join(Unit, Unit.id == Course.unit_id)
        .outerjoin(team, team.id == Certificate.unit_id)
        .where(condition)
        .order_by(Certificate.passed_on.desc(), Certificate.id.desc())
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def _find(condition: ColumnElement[bool]) -> _Found | None:
    return next(iter(_rows(condition)), None)


def _to_view(found: _Found, today: date, *, is_own: bool, keeps: bool) -> CertificateView:
    certificate, person, organisation, edition, course, _home, team = found
    return CertificateView(
        public_id=certificate.public_id,
        number=certificate.number,
        check_code=certificate.check_code,
        name=person.name,
        employee_number=person.employee_number,
        unit_name=team or "",
        organisation_name=organisation.name,
        course_id=course.public_id,
        title=edition.title,
        kind=edition.kind,
        edition=edition.number,
        hours=edition.hours,
        legal_document=edition.legal_document,
        legal_clause=edition.legal_clause,
        passed_on=certificate.passed_on,
        valid_until=certificate.valid_until,
        due_on=certificate.due_on,
        is_paper=certificate.paper_id is not None,
        state=_state(certificate, today),
        withdrawn_at=certificate.withdrawn_at,
        withdrawn_reason=certificate.withdrawn_reason,
        is_own=is_own,
        may_withdraw=keeps and not is_own and certificate.withdrawn_at is None,
    )


def check(viewer: Viewer | None, code: str, *, address: str) -> Checked | None:
    """Return what a check code proves, or None when there is no such certificate.

    The whole name is for its owner and for the trainer of its course; ``viewer`` None is somebody
    who is not signed in. Raises Refusal after too many wrong codes from an address.
    """
    tries = store().key("training", "misses", security.fingerprint(address)[:24])
    _refuse_guessing(tries)
    normal = rules.normal_code(code)
    found = _find(Certificate.check_code == normal) if rules.is_code(normal) else None
    if found is None:
        _note_miss(tries)
        return None
    certificate, person, organisation, edition, course, home, _team = found
    knows = viewer is not None and (
        viewer.id == person.id
        or (course.organisation_id == viewer.organisation_id and viewer.covers(KEEP, home))
    )
    return Checked(
        number=certificate.number,
        name=person.name if knows else rules.masked(person.name),
        organisation_name=organisation.name,
        title=edition.title,
        passed_on=certificate.passed_on,
        valid_until=certificate.valid_until,
        state=_state(certificate, learning_day(clock.now(), organisation.time_zone)),
    )


def _refuse_guessing(tries: str) -> None:
    """Refuse an address with too many wrong codes; without the store the length of a code holds."""
    try:
        misses = int(store().client.get(tries) or 0)
    except RedisError:
        return
    if misses >= MISSES:
        raise Refusal(_("Too many tries. Please wait ten minutes."), status=429)


def _note_miss(tries: str) -> None:
    try:
        store().client.incr(tries)
        store().client.expire(tries, MISS_SECONDS)
    except RedisError:
        return


@atomic
def withdraw(viewer: Viewer, public_id: str, reason: str) -> None:
    """Withdraw a certificate of a course one keeps, with a reason that its owner reads.

    Raises LookupError for any other, Refusal without a reason, for one's own, or the second time.
    """
    seen = get_certificate(viewer, public_id)
    words = reason.strip()[:200]
    if not words:
        raise Refusal(_("Say why it is withdrawn; its owner reads the reason."), status=422)
    if not seen.may_withdraw:
        raise Refusal(_("Your own certificate, or one that is withdrawn, stays as it is."))
    row = db.session.scalars(
        select(Certificate).where(Certificate.public_id == public_id).with_for_update()
    ).one()
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        row.withdrawn_by = viewer.id
        row.withdrawn_reason = words
        audit.record(
            "training.certificate_withdrawn",
            f"certificate:{public_id}",
            actor_id=viewer.id,
            number=row.number,
            reason=words,
        )


def list_own(viewer: Viewer) -> list[CertificateView]:
    """Return the viewer's own certificates, the newest first; one statement."""
    today = today_of(viewer)
    return [
        _to_view(found, today, is_own=True, keeps=False)
        for found in _rows(Certificate.person_id == viewer.id)
    ]
