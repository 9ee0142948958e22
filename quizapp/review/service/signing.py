"""Signatures: who vouched for which wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from quizapp.core import clock
from quizapp.core.db import atomic, db

from ..models import LEVELS, PASSED, PUBLISHED, ReviewCase, Signature
from ..rules import PUBLISHED_ONCE


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What is reviewed: a version of something that lives in another room.

    ``subject`` is the kind of thing, ``subject_id`` the version, ``thread_id`` the thing itself.
    ``author_id`` None: written outside, nobody here is its author.
    """

    organisation_id: int
    subject: str
    subject_id: int
    thread_id: int
    title: str
    author_id: int | None
    content_hash: str


@atomic
def record_published(wording: Wording, stages: Sequence[tuple[str, int | None]]) -> int:
    """Record a wording that was signed outside the desk, with a signature for each stage.

    ``stages`` holds (stage, person), the person None for the demo only. Returns the case's id.
    """
    case = ReviewCase(
        organisation_id=wording.organisation_id,
        subject=wording.subject,
        subject_id=wording.subject_id,
        thread_id=wording.thread_id,
        title=wording.title,
        author_id=wording.author_id,
        content_hash=wording.content_hash,
        levels=len(LEVELS),
        state=PUBLISHED,
        publish_at=clock.now(),
    )
    db.session.add(case)
    db.session.flush()
    db.session.add_all(
        Signature(
            case_id=case.id,
            stage=stage,
            decision=PASSED,
            person_id=person_id,
            content_hash=wording.content_hash,
        )
        for stage, person_id in stages
    )
    return case.id


def published_hashes(subject: str) -> dict[int, str]:
    """Return for each wording of ``subject`` that is published now the content that was signed."""
    rows = db.session.execute(
        select(ReviewCase.subject_id, ReviewCase.content_hash).where(
            ReviewCase.subject == subject, ReviewCase.state == PUBLISHED
        )
    )
    return dict(rows.all())


@dataclass(frozen=True)
class FirstPublication:
    """When the first wording of a thing was published, and whose it was; None: nobody's here."""

    thread_id: int
    organisation_id: int
    author_id: int | None
    published_at: datetime


def first_publications(subject: str, since: datetime | None) -> list[FirstPublication]:
    """Return the things of ``subject`` first published at ``since`` or later; None: ever."""
    # Wordings of a thing are reviewed one after the other, so the first case was published first.
    first = (
        select(func.min(ReviewCase.id))
        .where(ReviewCase.subject == subject, ReviewCase.state.in_(PUBLISHED_ONCE))
        .group_by(ReviewCase.thread_id)
    )
    rows = db.session.execute(
        select(
            ReviewCase.thread_id,
            ReviewCase.organisation_id,
            ReviewCase.author_id,
            ReviewCase.publish_at,
        )
        .where(ReviewCase.id.in_(first), *([ReviewCase.publish_at >= since] if since else []))
        .order_by(ReviewCase.id)
    )
    return [
        FirstPublication(row.thread_id, row.organisation_id, row.author_id, row.publish_at)
        for row in rows
        if row.publish_at is not None
    ]
