"""What is kept from a person at present: what they are being asked, and what a quiz keeps back."""

from __future__ import annotations

from sqlalchemy import and_, case, or_, select

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.mastery.service import Withheld

from .. import rules
from ..models import CLOSED, OPEN, Attempt, FormItem, QuizBlueprint


def list_withheld(person_id: int) -> Withheld:
    """Return the items of a person's open attempts, and those of final ones without their key."""
    quiz = QuizBlueprint
    is_over = or_(
        quiz.state == CLOSED, and_(quiz.closes_at.is_not(None), quiz.closes_at <= clock.now())
    )
    told = case((is_over, quiz.tells_closed), else_=quiz.tells_after)
    rows = db.session.execute(
        select(FormItem.item_id, Attempt.state == OPEN)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .join(quiz, quiz.id == Attempt.blueprint_id)
        .where(
            Attempt.person_id == person_id,
            or_(Attempt.state == OPEN, ~told.contains(rules.KEY)),
        )
    ).all()
    return Withheld(
        asked=frozenset(item_id for item_id, is_open in rows if is_open),
        untold=frozenset(item_id for item_id, is_open in rows if not is_open),
    )
