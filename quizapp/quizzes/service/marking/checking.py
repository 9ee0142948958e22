"""What must hold for marks and appeals, for ``flask verify``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import func, select

from question_bank.grading import grade_marked
from question_bank.responses import read_response
from quizapp.core.db import db
from quizapp.items.service import get_stored

from ... import rules as quiz_rules
from ...models import (
    APPEAL,
    OPEN,
    SETTLED,
    UPHELD,
    Appeal,
    Attempt,
    Mark,
    Regrade,
    Response,
    Script,
)
from .marks import counting, marks_of

BATCH = 500


def find_wrong_scores() -> Iterator[str]:
    """Yield marked responses whose score is not that of their marks."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Response.id, Response.item_version_id, Response.given, Response.score)
            .join(Script, Script.response_id == Response.id)
            .where(Script.stage == SETTLED, Response.id > last)
            .order_by(Response.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        marks = marks_of([row.id for row in rows])
        for row in rows:
            item = get_stored(row.item_version_id).item
            try:
                response = read_response(item, json.loads(row.given))
                points = grade_marked(item, response, counting(marks[row.id])).points
            except ValueError:
                yield f"quizzes_response {row.id}: counted without marks that fit"
                continue
            if abs(points - row.score) > quiz_rules.NEXT_TO_NOTHING:
                yield f"quizzes_response {row.id}: its score is not that of its marks"
        last = rows[-1].id


def find_wrong_stages() -> Iterator[str]:
    """Yield what waits for a marker that nobody is asked for, and what was counted too early."""
    waiting = db.session.scalars(
        select(Response.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .outerjoin(Script, Script.response_id == Response.id)
        .where(
            Attempt.state != OPEN,
            Attempt.awaits_marking,
            Response.is_pending,
            ~Response.is_late,
            Script.response_id.is_(None),
        )
    )
    for response_id in waiting:
        yield f"quizzes_response {response_id}: waits for a marker and is in no queue"
    early = db.session.execute(
        select(Script.response_id, Script.stage, Response.is_pending, Attempt.awaits_marking)
        .join(Response, Response.id == Script.response_id)
        .join(Attempt, Attempt.id == Script.attempt_id)
        .where((Script.stage == SETTLED) == Response.is_pending)
    )
    for row in early:
        yield f"quizzes_script {row.response_id}: {row.stage}, and its response says otherwise"


def find_own_marks() -> Iterator[str]:
    """Yield marks of people who marked themselves, and responses one person marked twice."""
    own = db.session.scalars(
        select(Mark.id)
        .join(Response, Response.id == Mark.response_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.person_id == Mark.marker_id)
    )
    for mark_id in own:
        yield f"quizzes_mark {mark_id}: by the person who wrote it"
    twice = db.session.scalars(
        select(Mark.response_id).group_by(Mark.response_id, Mark.marker_id).having(func.count() > 1)
    )
    for response_id in twice:
        yield f"quizzes_response {response_id}: marked twice by one person"


def find_wrong_appeals() -> Iterator[str]:
    """Yield upheld appeals without a gain and a mark, and gains of appeals that were not upheld."""
    rows = db.session.execute(
        select(Appeal.id, Appeal.state, Appeal.person_id, Appeal.handler_id, Regrade.id, Mark.id)
        .outerjoin(Regrade, Regrade.appeal_id == Appeal.id)
        .outerjoin(Mark, (Mark.response_id == Appeal.response_id) & (Mark.round == APPEAL))
    )
    for appeal_id, state, person_id, handler_id, gain, mark in rows:
        is_upheld = state == UPHELD
        if is_upheld != (gain is not None) or is_upheld != (mark is not None):
            yield f"quizzes_appeal {appeal_id}: {state}, and its gain says otherwise"
        if handler_id == person_id:
            yield f"quizzes_appeal {appeal_id}: answered by its own person"
