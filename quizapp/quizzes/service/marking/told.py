"""What a learner is told of marking: points by criterion, comments, appeals, and notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, union_all, update

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.items import service as items

from ...models import (
    ADJUDICATION,
    APPEAL,
    AWAITED,
    OPEN,
    Appeal,
    Attempt,
    QuizBlueprint,
    Response,
    Settlement,
)
from ..settings import to_quiz
from ..worth import effective
from . import rules
from .appealing import appeal_until, may_appeal
from .bench import TextView, texts_of, views_of
from .marks import Given, counting, marks_of
from .phases import tells_scores


@dataclass(frozen=True)
class MarkedLine:
    """A response of an attempt with its score; ``texts`` and ``points`` where somebody marked it.

    ``points`` are those of the criteria as they count now, and ``comments`` what markers say.
    ``appeal`` is its state, empty without one.
    """

    position: int
    topic: str
    percent: float
    is_pending: bool
    is_late: bool
    texts: tuple[TextView, ...]
    points: rules.Points
    comments: tuple[str, ...]
    appeal: str
    answer: str
    may_appeal: bool


@dataclass(frozen=True)
class MarkedAttempt:
    """The scores of an attempt, as its owner is told them; no lines while nothing is told.

    ``tells_at`` is when they will be, None: not known, or now.
    """

    attempt_id: str
    name: str
    awaits_marking: bool
    is_told: bool
    tells_at: datetime | None
    appeal_until: datetime | None
    lines: tuple[MarkedLine, ...]


@dataclass(frozen=True)
class MarkNotice:
    """What a person is told once: their texts were marked, or an appeal was answered.

    ``kind`` is ``marked``, ``upheld`` or ``declined``; ``title`` names the quiz.
    """

    kind: str
    title: str
    attempt_id: str
    position: int | None
    answer: str


def get_marked(viewer: Viewer, attempt_id: str) -> MarkedAttempt:
    """Return the scores of the viewer's own final attempt; raise LookupError for any other."""
    row = db.session.execute(
        select(Attempt, QuizBlueprint, Settlement.at)
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .outerjoin(Settlement, Settlement.attempt_id == Attempt.id)
        .where(
            Attempt.public_id == attempt_id,
            Attempt.person_id == viewer.id,
            Attempt.state != OPEN,
        )
    ).first()
    if row is None:
        raise LookupError(f"attempt {attempt_id}")
    quiz = row.QuizBlueprint
    is_told = tells_scores(to_quiz(quiz))
    return MarkedAttempt(
        attempt_id=row.Attempt.public_id,
        name=quiz.name,
        awaits_marking=row.Attempt.awaits_marking,
        is_told=is_told,
        tells_at=None if is_told else quiz.closes_at,
        appeal_until=appeal_until(row.Attempt, quiz, row.at) if is_told else None,
        lines=tuple(_lines(row)) if is_told else (),
    )


def _lines(row: Any) -> list[MarkedLine]:
    responses = db.session.scalars(
        select(Response).where(Response.attempt_id == row.Attempt.id).order_by(Response.position)
    ).all()
    ids = [response.id for response in responses]
    marks, worth = marks_of(ids), effective(responses)
    appeals = {
        one.response_id: one
        for one in db.session.scalars(select(Appeal).where(Appeal.response_id.in_(ids)))
    }
    found = []
    for response in responses:
        stored = items.get_stored(response.item_version_id)
        texts = texts_of(stored.item, response.given)
        given = {} if response.is_pending else marks[response.id]
        appeal = appeals.get(response.id)
        is_open = may_appeal(row.Attempt, response, row.QuizBlueprint, row.at, worth[response.id])
        found.append(
            MarkedLine(
                position=response.position,
                topic=stored.topic,
                percent=100 * worth[response.id].points,
                is_pending=response.is_pending,
                is_late=response.is_late,
                texts=views_of(texts),
                points=_points(given) if texts else (),
                comments=_comments(given),
                appeal=appeal.state if appeal else "",
                answer=appeal.answer if appeal else "",
                may_appeal=appeal is None and is_open,
            )
        )
    return found


def _points(given: dict[str, Given]) -> rules.Points:
    """Return the points that count: those of an upheld appeal, else of the rounds."""
    if APPEAL in given:
        return given[APPEAL].points
    return counting(given) if given else ()


def _comments(given: dict[str, Given]) -> tuple[str, ...]:
    """Return what markers say: who had to decide speaks alone."""
    speaking: Sequence[Given] = (
        [given[ADJUDICATION]] if ADJUDICATION in given else list(given.values())
    )
    return tuple(one.comment for one in speaking if one.comment)


def list_mark_notices(viewer: Viewer) -> list[MarkNotice]:
    """Return what the viewer has not read yet: marked attempts and answered appeals."""
    marked = (
        select(
            literal("marked").label("kind"),
            QuizBlueprint.name,
            Attempt.public_id,
            literal(0).label("position"),
            literal("").label("answer"),
            Settlement.at.label("at"),
        )
        .join(Attempt, Attempt.id == Settlement.attempt_id)
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .where(Settlement.person_id == viewer.id, Settlement.seen_at.is_(None))
    )
    answered = (
        select(
            Appeal.state,
            QuizBlueprint.name,
            Attempt.public_id,
            Response.position,
            Appeal.answer,
            Appeal.handled_at,
        )
        .join(Response, Response.id == Appeal.response_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .where(Appeal.person_id == viewer.id, Appeal.state != AWAITED, Appeal.seen_at.is_(None))
    )
    rows: Any = db.session.execute(union_all(marked, answered).order_by("at"))
    return [
        MarkNotice(row.kind, row.name, row.public_id, row.position or None, row.answer)
        for row in rows
    ]


@atomic
def see_marks(viewer: Viewer) -> None:
    """Note that the viewer has read their notices."""
    now = clock.now()
    for table in (Settlement, Appeal):
        unread = update(table).where(table.person_id == viewer.id, table.seen_at.is_(None))
        if table is Appeal:
            unread = unread.where(Appeal.state != AWAITED)
        db.session.execute(unread.values(seen_at=now))
