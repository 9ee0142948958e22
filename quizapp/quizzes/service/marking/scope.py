"""What a person may mark: quizzes whose unit is in their scope, and never their own attempt."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.db import db
from quizapp.org.models import Unit

from ...models import ADJUDICATION, FIRST, OPEN, SECOND, Attempt, QuizBlueprint

WAITING = (FIRST, SECOND, ADJUDICATION)  # stages in which a script needs somebody


def in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return what a quiz must fulfil for the viewer to mark it.

    A quiz of no unit is the whole organisation's: for markers of its root.
    """
    paths = viewer.scope_paths(Permission.MARK_RESPONSES)
    if not paths:
        return false()
    units = (
        select(Unit.id)
        .where(or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)))
        .scalar_subquery()
    )
    whole = any(path.count("/") == 2 for path in paths)
    reached: ColumnElement[bool] = QuizBlueprint.unit_id.in_(units)
    if whole:
        reached = or_(reached, QuizBlueprint.unit_id.is_(None))
    return (QuizBlueprint.organisation_id == viewer.organisation_id) & reached


def find_quiz(viewer: Viewer, public_id: str) -> QuizBlueprint:
    """Return a quiz that the viewer may mark; raise LookupError for any other."""
    quiz = db.session.scalar(
        select(QuizBlueprint).where(QuizBlueprint.public_id == public_id, in_scope(viewer))
    )
    if quiz is None:
        raise LookupError(f"quiz {public_id}")
    return quiz


def markable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Return what an attempt must fulfil for the viewer to mark it: final, and not their own."""
    return (Attempt.person_id != viewer.id) & (Attempt.state != OPEN)
