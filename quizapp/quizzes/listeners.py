"""What the quiz engine does about facts of the bank, and what the bank asks it."""

from __future__ import annotations

from quizapp.core.db import on_commit
from quizapp.core.events import listens_to
from quizapp.core.jobs import enqueue
from quizapp.items import service as items
from quizapp.items.events import KeyCorrected

from .jobs import REGRADE
from .service import get_answered

items.finds_answered(get_answered)


@listens_to(KeyCorrected)
def grade_again(fact: KeyCorrected) -> None:
    """Have the answers to a corrected item graded again once the correction is stored."""
    on_commit(lambda: enqueue(REGRADE, correction_id=fact.correction_id))
