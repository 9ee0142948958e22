"""Reading the desk: what waits for whom, one case with its wording, and all that was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.db import db

from .. import rules
from ..models import LEVELS, ReviewCase, Signature
from .deciding import PERMISSIONS, why_blocked
from .showing import Point, Sheet, kind_of

MINE, UNDERWAY, WAITING = "mine", "underway", "waiting"
VIEWS = (WAITING, UNDERWAY, MINE)
MOST = 200  # a desk with more in its queue has another trouble than scrolling


@dataclass(frozen=True)
class QueueLine:
    """A case in a list; ``label`` is what its own room says about it in a word or two."""

    public_id: str
    title: str
    author: str
    label: str
    state: str
    moved_at: datetime


@dataclass(frozen=True)
class Queue:
    """What waits, oldest first; ``total`` counts also what is past the end of the list."""

    view: str
    lines: list[QueueLine]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Remark:
    """Something said about a thing on its way: handed in, passed, returned.

    ``stage`` is "" for the author. ``name`` is None for the demo's signature. ``content_hash`` is
    what was signed, of the wording ``subject_id``.
    """

    subject_id: int
    stage: str
    decision: str
    name: str | None
    text: str
    content_hash: str
    at: datetime


@dataclass(frozen=True)
class CaseView:
    """A case as the desk shows it.

    ``blocked`` says why this viewer may not sign it, empty when they may. ``points`` are those of
    the level it is at. ``publish_at``: when it was or will be published.
    """

    public_id: str
    subject: str
    kind: str
    subject_id: int
    thread_id: int
    title: str
    author: str
    note: str
    label: str
    state: str
    following: str | None
    is_typo: bool
    is_mine: bool
    is_intact: bool
    blocked: str
    publish_at: datetime | None
    created_at: datetime
    content_hash: str
    sheet: Sheet
    points: tuple[Point, ...]
    remarks: list[Remark]


def _levels(viewer: Viewer) -> list[str]:
    return [level for level in LEVELS if viewer.may(PERMISSIONS[level])]


def _in_view(viewer: Viewer, view: str) -> tuple[ColumnElement[bool], ...]:
    """Return what a case of a view fulfils; ``waiting`` is what this person may sign now."""
    here = ReviewCase.organisation_id == viewer.organisation_id
    if view == MINE:
        states = ReviewCase.state.in_([*rules.UNDERWAY, "returned"])
        return here, states, ReviewCase.author_id == viewer.id
    if view == UNDERWAY:
        return here, ReviewCase.state.in_(rules.UNDERWAY)
    signed = (
        select(Signature.id)
        .where(Signature.case_id == ReviewCase.id, Signature.person_id == viewer.id)
        .exists()
    )
    is_other = func.coalesce(ReviewCase.author_id, 0) != viewer.id
    return here, ReviewCase.state.in_(_levels(viewer)), is_other, ~signed


def default_view(viewer: Viewer) -> str:
    """Return the view a person begins with: what waits for them, or their own wordings."""
    return WAITING if _levels(viewer) else MINE


def list_queue(viewer: Viewer, view: str | None = None) -> Queue:
    """Return what is under review in a view of this person: statements do not grow with it."""
    chosen = view if view in VIEWS else default_view(viewer)
    rows = db.session.execute(
        _lines(*_in_view(viewer, chosen)).order_by(ReviewCase.moved_at, ReviewCase.id).limit(MOST)
    ).all()
    counts = {
        name: db.session.scalar(
            select(func.count()).select_from(ReviewCase).where(*_in_view(viewer, name))
        )
        or 0
        for name in VIEWS
    }
    labels = _labels([(row.ReviewCase.subject, row.ReviewCase.subject_id) for row in rows])
    lines = [
        QueueLine(
            public_id=row.ReviewCase.public_id,
            title=row.ReviewCase.title,
            author=row.name or "",
            label=labels.get((row.ReviewCase.subject, row.ReviewCase.subject_id), ""),
            state=row.ReviewCase.state,
            moved_at=row.ReviewCase.moved_at,
        )
        for row in rows
    ]
    return Queue(view=chosen, lines=lines, total=counts[chosen], counts=counts)


def count_waiting(viewer: Viewer) -> int:
    """Return how many wordings this person may sign now."""
    found = select(func.count()).select_from(ReviewCase).where(*_in_view(viewer, WAITING))
    return db.session.scalar(found) or 0


def _lines(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(ReviewCase, Person.name)
        .outerjoin(Person, Person.id == ReviewCase.author_id)
        .where(*conditions)
    )


def _labels(wordings: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Ask each room once what it says about its wordings."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for subject, subject_id in wordings:
        by_kind[subject].append(subject_id)
    return {
        (subject, subject_id): label
        for subject, ids in by_kind.items()
        for subject_id, label in kind_of(subject).labels(ids).items()
    }


def get_case(viewer: Viewer, public_id: str) -> CaseView:
    """Return a case with its wording; raise LookupError for one of another organisation."""
    row = db.session.execute(
        _lines(
            ReviewCase.public_id == public_id,
            ReviewCase.organisation_id == viewer.organisation_id,
        )
    ).first()
    if row is None:
        raise LookupError(f"case {public_id}")
    case: ReviewCase = row.ReviewCase
    kind = kind_of(case.subject)
    sheet = kind.show(case.organisation_id, case.subject_id)
    is_underway = case.state in LEVELS
    return CaseView(
        public_id=case.public_id,
        subject=case.subject,
        kind=kind.name(),
        subject_id=case.subject_id,
        thread_id=case.thread_id,
        title=case.title,
        author=row.name or "",
        note=case.note,
        label=kind.labels([case.subject_id]).get(case.subject_id, ""),
        state=case.state,
        following=_following(case) if is_underway else None,
        is_typo=case.is_typo,
        is_mine=case.author_id == viewer.id,
        is_intact=sheet.content_hash == case.content_hash,
        blocked=_blocked(viewer, case) if is_underway else "",
        publish_at=case.publish_at,
        created_at=case.created_at,
        content_hash=case.content_hash,
        sheet=sheet,
        points=_points(case.state, sheet) if is_underway else (),
        remarks=history(case.subject, case.thread_id),
    )


def _following(case: ReviewCase) -> str | None:
    return rules.after(rules.path_of(case.levels, is_typo=case.is_typo), case.state)


def _blocked(viewer: Viewer, case: ReviewCase) -> str:
    signed = db.session.scalars(
        select(Signature.person_id).where(Signature.case_id == case.id)
    ).all()
    return why_blocked(
        rules.why_not_sign(
            viewer.id,
            author_id=case.author_id,
            signed_by=signed,
            has_role=viewer.may(PERMISSIONS[case.state]),
        )
    )


def _points(level: str, sheet: Sheet) -> tuple[Point, ...]:
    """Return what is ticked at a level: the points of its kind, then what everything has."""
    words = {
        "facts": _("Facts and figures are right"),
        "language": _("Wording is plain and free of mistakes"),
        "law": _("It agrees with the law and policy in force"),
        "secrecy": _("Nothing secret or internal is in it"),
        "respect": _("The tone is respectful, nobody is slighted"),
        "direction": _("Its direction is right for everybody"),
        "settled": _("What earlier levels remarked is settled"),
        "symbols": _("Emblems, flags and maps are used as allowed"),
    }
    general = tuple(Point(code, words[code]) for code in rules.CHECKLISTS[level])
    return sheet.points.get(level, ()) + general


def history(subject: str, thread_id: int) -> list[Remark]:
    """Return all that was said about a thing over all its wordings, oldest first."""
    author, signer = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(ReviewCase, Signature, author.name.label("author"), signer.name.label("signer"))
        .outerjoin(Signature, Signature.case_id == ReviewCase.id)
        .outerjoin(author, author.id == ReviewCase.author_id)
        .outerjoin(signer, signer.id == Signature.person_id)
        .where(ReviewCase.subject == subject, ReviewCase.thread_id == thread_id)
        .order_by(ReviewCase.created_at, ReviewCase.id, Signature.at, Signature.id)
    ).all()
    told: list[Remark] = []
    seen: set[int] = set()
    for case, signature, author_name, signer_name in rows:
        # What was signed outside the desk was handed in by nobody.
        if case.id not in seen and case.author_id is not None:
            told.append(_handed_in(case, author_name))
        seen.add(case.id)
        if signature is not None:
            told.append(
                Remark(
                    subject_id=case.subject_id,
                    stage=signature.stage,
                    decision=signature.decision,
                    name=signer_name,
                    text=signature.comment,
                    content_hash=signature.content_hash,
                    at=signature.at,
                )
            )
    return told


def _handed_in(case: ReviewCase, author: str | None) -> Remark:
    return Remark(
        subject_id=case.subject_id,
        stage="",
        decision="submitted",
        name=author or "",
        text=case.note,
        content_hash=case.content_hash,
        at=case.created_at,
    )


def find_case(subject: str, subject_id: int) -> str | None:
    """Return the public id of the case of a wording, or None when it was never handed in."""
    return db.session.scalar(
        select(ReviewCase.public_id).where(
            ReviewCase.subject == subject, ReviewCase.subject_id == subject_id
        )
    )
