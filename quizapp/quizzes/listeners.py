"""What the quiz engine does about facts of the bank, and what the bank asks it."""

from __future__ import annotations

from quizapp.core.db import on_commit
from quizapp.core.events import listens_to
from quizapp.core.jobs import enqueue
from quizapp.items import service as items
from quizapp.items.events import KeyCorrected

from .events import AttemptFinished
from .jobs import REGRADE
from .rules import EXAM, STATUTORY
from .service import get_answered, hand_over

items.finds_answered(get_answered)


@listens_to(KeyCorrected)
def grade_again(fact: KeyCorrected) -> None:
    """Have the answers to a corrected item graded again once the correction is stored."""
    on_commit(lambda: enqueue(REGRADE, correction_id=fact.correction_id))


@listens_to(AttemptFinished)
def hand_texts_over(fact: AttemptFinished) -> None:
    """Put what a person has to mark of an exam into the queue."""
    if fact.mode in (EXAM, STATUTORY):
        hand_over(fact.attempt_id)
