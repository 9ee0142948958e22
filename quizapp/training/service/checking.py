"""What must hold between passes and certificates, for ``flask verify``."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, select

from quizapp.core.db import db
from quizapp.quizzes.service import statutory

from .. import rules
from ..models import Certificate, Edition, PaperResult


def find_missing() -> Iterator[str]:
    """Yield a line for every pass, by attempt or on paper, that has no certificate."""
    last_id = 0
    while passes := statutory.list_passes(last_id):
        editions = dict(
            db.session.execute(
                select(Edition.blueprint_id, Edition.id).where(
                    Edition.blueprint_id.in_({one.blueprint_id for one in passes})
                )
            ).all()
        )
        known = {
            tuple(row)
            for row in db.session.execute(
                select(Certificate.person_id, Certificate.edition_id, Certificate.passed_on).where(
                    Certificate.person_id.in_({one.person_id for one in passes})
                )
            )
        }
        for one in passes:
            edition_id = editions.get(one.blueprint_id)
            if edition_id and (one.person_id, edition_id, one.day) not in known:
                yield f"attempt {one.attempt_id} passed and has no certificate"
        last_id = passes[-1].attempt_id
    for result_id in db.session.scalars(
        select(PaperResult.id)
        .outerjoin(
            Certificate,
            and_(
                Certificate.person_id == PaperResult.person_id,
                Certificate.edition_id == PaperResult.edition_id,
                Certificate.passed_on == PaperResult.held_on,
            ),
        )
        .where(PaperResult.is_passed, Certificate.id.is_(None))
    ):
        yield f"paper result {result_id} passed and has no certificate"


def find_unfounded() -> Iterator[str]:
    """Yield a line for every certificate without the pass it names, or with wrong days."""
    rows = db.session.execute(
        select(Certificate, Edition, PaperResult)
        .join(Edition, Edition.id == Certificate.edition_id)
        .outerjoin(PaperResult, PaperResult.id == Certificate.paper_id)
    )
    for certificate, edition, result in rows:
        name = f"certificate {certificate.number}"
        if certificate.course_id != edition.course_id:
            yield f"{name} names another course than its edition"
        until = rules.last_day(certificate.passed_on, edition.validity_months)
        if certificate.valid_until != until:
            yield f"{name} is valid until {certificate.valid_until}, not {until}"
        if result is not None and not (
            result.is_passed
            and (result.person_id, result.edition_id, result.held_on)
            == (certificate.person_id, certificate.edition_id, certificate.passed_on)
        ):
            yield f"{name} does not fit its result on paper"
    for number in _without_pass():
        yield f"certificate {number} names an attempt that did not pass"


def _without_pass() -> Iterator[str]:
    """Yield the numbers of certificates whose attempt is not a pass of that person and day."""
    attempts = {
        row.attempt_id: row
        for row in db.session.execute(
            select(
                Certificate.attempt_id,
                Certificate.number,
                Certificate.person_id,
                Certificate.passed_on,
            ).where(Certificate.attempt_id.is_not(None))
        )
    }
    last_id = 0
    while passes := statutory.list_passes(last_id):
        for one in passes:
            row = attempts.get(one.attempt_id)
            if row and (row.person_id, row.passed_on) == (one.person_id, one.day):
                del attempts[one.attempt_id]
        last_id = passes[-1].attempt_id
    for row in attempts.values():
        yield row.number
