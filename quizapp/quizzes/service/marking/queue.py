"""The queue: how much waits in each quiz, and the next text for a marker."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db

from ...models import (
    ADJUDICATION,
    AWAITED,
    DONE,
    FIRST,
    SECOND,
    SETTLED,
    Appeal,
    Attempt,
    Mark,
    QuizBlueprint,
    Script,
)
from . import rules
from .scope import WAITING, find_quiz, in_scope, markable_by


@dataclass(frozen=True)
class QueueLine:
    """A quiz with texts to mark: how many wait in each round, how many are done.

    ``may_still_change`` of these can be taken back yet; ``appeals`` wait for an answer.
    """

    public_id: str
    name: str
    mode: str
    is_double: bool
    first: int
    second: int
    adjudication: int
    done: int
    may_still_change: int
    appeals: int

    @property
    def waiting(self) -> int:
        """Return how many texts wait in all rounds."""
        return self.first + self.second + self.adjudication


def list_queue(viewer: Viewer) -> list[QueueLine]:
    """Return the quizzes of the viewer's scope that have had anything to mark or to answer."""
    scripts = _counts(viewer, Script.stage, Script)
    appeals = _counts(viewer, Appeal.state, Appeal)
    quizzes = db.session.scalars(
        select(QuizBlueprint)
        .where(QuizBlueprint.id.in_([*scripts, *appeals]))
        .order_by(QuizBlueprint.id.desc())
    )
    lines = [_line(quiz, scripts[quiz.id], appeals[quiz.id]) for quiz in quizzes]
    return sorted(lines, key=lambda line: (line.waiting == 0, line.appeals == 0))


def _counts(viewer: Viewer, stage: Any, of: Any) -> dict[int, dict[str, int]]:
    """Return by quiz and stage how many scripts, or appeals, there are."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = db.session.execute(
        select(of.blueprint_id, stage, func.count())
        .join(QuizBlueprint, QuizBlueprint.id == of.blueprint_id)
        .where(in_scope(viewer))
        .group_by(of.blueprint_id, stage)
    )
    for blueprint_id, name, number in rows:
        found[blueprint_id][name] = number
    return found


def _line(quiz: QuizBlueprint, scripts: dict[str, int], appeals: dict[str, int]) -> QueueLine:
    return QueueLine(
        public_id=quiz.public_id,
        name=quiz.name,
        mode=quiz.mode,
        is_double=quiz.markers > 1,
        first=scripts.get(FIRST, 0),
        second=scripts.get(SECOND, 0),
        adjudication=scripts.get(ADJUDICATION, 0),
        done=scripts.get(DONE, 0) + scripts.get(SETTLED, 0),
        may_still_change=scripts.get(DONE, 0) + scripts.get(SECOND, 0),
        appeals=appeals.get(AWAITED, 0),
    )


def get_line(viewer: Viewer, quiz_id: str) -> QueueLine:
    """Return how a quiz stands; raise LookupError for one that is not in the viewer's scope."""
    quiz = find_quiz(viewer, quiz_id)
    rows = db.session.execute(
        select(Script.stage, func.count())
        .where(Script.blueprint_id == quiz.id)
        .group_by(Script.stage)
    )
    return _line(quiz, {stage: number for stage, number in rows}, {})


@atomic
def claim_next(viewer: Viewer, quiz_id: str) -> str | None:
    """Keep the next text of a quiz for the viewer and return its name; None: nothing is left.

    What the viewer has open comes first, then what needs a decision, then the rest by chance. Never
    the viewer's own text, nor one of which they marked another round. Raises LookupError for a quiz
    that is not in their scope.
    """
    quiz = find_quiz(viewer, quiz_id)
    now = clock.now()
    is_mine = Script.person_id == viewer.id
    script = db.session.scalar(
        select(Script)
        .join(Attempt, Attempt.id == Script.attempt_id)
        .where(
            Script.blueprint_id == quiz.id,
            Script.stage.in_(WAITING),
            or_(Script.person_id.is_(None), Script.claimed_at <= now - rules.CLAIM_HOLDS, is_mine),
            markable_by(viewer),
            Script.response_id.not_in(
                select(Mark.response_id)
                .where(Mark.response_id == Script.response_id, Mark.marker_id == viewer.id)
                .correlate(Script)
            ),
        )
        .order_by(
            case((is_mine, 0), else_=1),
            case((Script.stage == ADJUDICATION, 0), else_=1),
            Script.place,
        )
        .limit(1)
        .with_for_update(of=Script, skip_locked=True)
    )
    if script is None:
        return None
    if script.person_id != viewer.id:
        script.draft = ""
    script.person_id = viewer.id
    script.claimed_at = now
    return script.public_id
