"""Signatures: who vouched for which wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from quizapp.core import clock
from quizapp.core.db import atomic, db

from ..models import LEVELS, PUBLISHED, ReviewCase, Signature


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
            decision="passed",
            person_id=person_id,
            content_hash=wording.content_hash,
        )
        for stage, person_id in stages
    )
    return case.id


def signatures_of(subject: str) -> dict[int, dict[str, str]]:
    """Return for each reviewed version of ``subject`` the content hash signed at each stage."""
    rows = db.session.execute(
        select(ReviewCase.subject_id, Signature.stage, Signature.content_hash)
        .join(Signature, Signature.case_id == ReviewCase.id)
        .where(ReviewCase.subject == subject, Signature.decision == "passed")
    )
    found: dict[int, dict[str, str]] = {}
    for version_id, stage, content_hash in rows:
        found.setdefault(version_id, {})[stage] = content_hash
    return found
