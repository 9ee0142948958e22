"""Which things a person has signed or may sign: what other rooms filter their lists by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.db import db

from ..models import ReviewCase, Signature
from .reading import WAITING, _in_view


def threads_signed_by(organisation_id: int, subject: str, person: str) -> Select[Any]:
    """Return the query of the things that a person, by public id, passed or returned once."""
    return (
        select(ReviewCase.thread_id)
        .join(Signature, Signature.case_id == ReviewCase.id)
        .join(Person, Person.id == Signature.person_id)
        .where(
            ReviewCase.organisation_id == organisation_id,
            ReviewCase.subject == subject,
            Person.public_id == person,
        )
    )


def threads_waiting_for(viewer: Viewer, subject: str) -> Select[Any]:
    """Return the query of the things whose wording this person may sign now."""
    return select(ReviewCase.thread_id).where(
        ReviewCase.subject == subject, *_in_view(viewer, WAITING)
    )


def list_signers(organisation_id: int, subject: str) -> list[tuple[str, str]]:
    """Return everybody who signed something of this kind as (public id, name), by name."""
    rows = db.session.execute(
        select(Person.public_id, Person.name)
        .join(Signature, Signature.person_id == Person.id)
        .join(ReviewCase, ReviewCase.id == Signature.case_id)
        .where(ReviewCase.organisation_id == organisation_id, ReviewCase.subject == subject)
        .distinct()
        .order_by(Person.name)
    )
    return [(public_id, name) for public_id, name in rows]
