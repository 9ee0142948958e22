"""Looking back: the sets a person has finished, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db

from .. import rules
from ..models import OPEN, Attempt, QuizBlueprint
from .settings import to_quiz

PAGE = 30


@dataclass(frozen=True)
class PastAttempt:
    """A line of a person's own history; ``score`` and ``is_passed`` None until they are told."""

    id: int
    public_id: str
    mode: str
    name: str
    day: date
    finished_at: datetime | None
    length: int
    score: float | None
    is_passed: bool | None
    awaits_marking: bool


@dataclass(frozen=True)
class PastPage:
    """A page of a history; ``older_than`` names the next one, or is None."""

    attempts: list[PastAttempt]
    older_than: int | None


def list_past(
    viewer: Viewer,
    before: int | None = None,
    mode: str = "",
    *,
    blueprint_id: int | None = None,
) -> PastPage:
    """Return the viewer's final attempts, a page at a time; ``mode`` empty: of every mode.

    ``blueprint_id`` None: at every quiz.
    """
    wanted = select(Attempt, QuizBlueprint.__table__).join(
        QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id
    )
    wanted = wanted.where(Attempt.person_id == viewer.id, Attempt.state != OPEN)
    if before is not None:
        wanted = wanted.where(Attempt.id < before)
    if mode:
        wanted = wanted.where(Attempt.mode == mode)
    if blueprint_id is not None:
        wanted = wanted.where(Attempt.blueprint_id == blueprint_id)
    rows = db.session.execute(wanted.order_by(Attempt.id.desc()).limit(PAGE + 1)).all()
    shown = [_line(row) for row in rows[:PAGE]]
    return PastPage(shown, shown[-1].id if len(rows) > PAGE else None)


def _line(row: Any) -> PastAttempt:
    attempt, quiz = row.Attempt, to_quiz(row)
    told = quiz.told(is_final=True, now=clock.now())
    shows = rules.VERDICT in told
    return PastAttempt(
        id=attempt.id,
        public_id=attempt.public_id,
        mode=attempt.mode,
        name=quiz.name,
        day=attempt.day,
        finished_at=attempt.finished_at,
        length=attempt.length,
        score=attempt.score if shows else None,
        is_passed=attempt.is_passed if shows else None,
        awaits_marking=attempt.awaits_marking,
    )
