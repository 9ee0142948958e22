"""Quizzes that a person may take: which there are, and one of them with its rules."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from question_bank.assembly import blueprint_from_dict
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db

from .. import rules
from ..models import OPEN, PUBLISHED, Accommodation, Attempt, QuizBlueprint
from .reading import AttemptView
from .settings import Quiz, to_quiz
from .starting import is_for

MOST = 50


@dataclass(frozen=True)
class Offer:
    """A quiz for a person, with how often they took it and whether an attempt is open.

    ``factor`` is that of the person's accommodation, 1.0 without one, 0.0 for no clock. ``best`` is
    the highest score of their final attempts. While verdicts are not told yet, ``is_passed`` is
    False and ``best`` None.
    """

    quiz: Quiz
    attempts: int
    open_attempt: str | None
    is_passed: bool
    factor: float
    best: float | None

    @property
    def length(self) -> int:
        """Return how many questions it has."""
        return blueprint_from_dict(json.loads(self.quiz.rules)).count

    def state_at(self, now: datetime) -> str:
        """Return where it stands for the person: going, early, closed, used or open."""
        if self.open_attempt:
            return "going"
        if self.quiz.opens_at and now < self.quiz.opens_at:
            return "early"
        if self.quiz.is_closed(now):
            return "closed"
        return "used" if self.attempts_left == 0 else "open"

    @property
    def attempts_left(self) -> int | None:
        """Return how many attempts are left; None for any number."""
        allowed = self.quiz.attempts_allowed
        return None if allowed is None else max(0, allowed - self.attempts)

    @property
    def limit_seconds(self) -> int | None:
        """Return how long an attempt of this person takes at most; None without a clock."""
        if self.quiz.limit_seconds is None or self.factor == 0:
            return None
        return round(self.quiz.limit_seconds * self.factor)


def get_quiz(viewer: Viewer, quiz_id: str) -> Offer:
    """Return a quiz that is for the viewer, also one that is closed; raise LookupError else."""
    found = _offers(viewer, QuizBlueprint.public_id == quiz_id)
    if not found:
        raise LookupError(f"quiz {quiz_id}")
    return found[0]


def find_offer(viewer: Viewer, attempt: AttemptView) -> Offer | None:
    """Return the authored quiz of the viewer's attempt, None for built-in modes and when gone."""
    if attempt.mode not in rules.AUTHORED:
        return None
    return next(iter(_offers(viewer, QuizBlueprint.id == attempt.blueprint_id)), None)


def list_quizzes(viewer: Viewer) -> list[Offer]:
    """Return the quizzes that the viewer may begin or go on with now, the next to close first."""
    now = clock.now()
    return _offers(
        viewer,
        QuizBlueprint.state == PUBLISHED,
        or_(QuizBlueprint.opens_at.is_(None), QuizBlueprint.opens_at <= now),
        or_(QuizBlueprint.closes_at.is_(None), QuizBlueprint.closes_at > now),
    )


def find_quizzes(viewer: Viewer, quiz_ids: Collection[str]) -> dict[str, Offer]:
    """Return those of some quizzes that are for the viewer, by public id."""
    if not quiz_ids:
        return {}
    offers = _offers(viewer, QuizBlueprint.public_id.in_(quiz_ids))
    return {offer.quiz.public_id: offer for offer in offers}


def _offers(viewer: Viewer, *conditions: ColumnElement[bool]) -> list[Offer]:
    mine = and_(Attempt.blueprint_id == QuizBlueprint.id, Attempt.person_id == viewer.id)
    rows = db.session.execute(
        select(
            QuizBlueprint.__table__,
            select(func.count()).select_from(Attempt).where(mine).scalar_subquery().label("taken"),
            select(func.max(Attempt.public_id))
            .where(mine, Attempt.state == OPEN)
            .scalar_subquery()
            .label("open_attempt"),
            select(func.count())
            .select_from(Attempt)
            .where(mine, Attempt.is_passed.is_(True))
            .scalar_subquery()
            .label("passed"),
            select(func.max(Attempt.score))
            .where(mine, Attempt.state != OPEN)
            .scalar_subquery()
            .label("best"),
            select(Accommodation.factor)
            .where(Accommodation.person_id == viewer.id)
            .scalar_subquery()
            .label("factor"),
        )
        .where(*is_for(viewer), *conditions)
        .order_by(QuizBlueprint.closes_at.is_(None), QuizBlueprint.closes_at, QuizBlueprint.id)
        .limit(MOST)
    )
    return [_offer(row) for row in rows]


def _offer(row: Any) -> Offer:
    quiz = to_quiz(row)
    # What is not told to its learner is not told by this page either.
    is_told = rules.VERDICT in quiz.told(is_final=True, now=clock.now())
    return Offer(
        quiz=quiz,
        attempts=row.taken,
        open_attempt=row.open_attempt,
        is_passed=is_told and row.passed > 0,
        factor=1.0 if row.factor is None else row.factor,
        best=row.best if is_told else None,
    )
