"""What the quiz engine does about facts of the bank, and what the bank asks it."""

from __future__ import annotations

from quizapp.agenda import service as agenda
from quizapp.core.db import on_commit
from quizapp.core.events import listens_to
from quizapp.core.jobs import enqueue
from quizapp.items import service as items
from quizapp.items.events import KeyCorrected
from quizapp.mastery import service as mastery

from . import rules
from .events import AttemptFinished
from .jobs import REGRADE
from .service import assigning, get_answered
from .service.holding import list_withheld

items.finds_answered(get_answered)
mastery.withholds(list_withheld)
agenda.registers(assigning.KIND, assigning.subject())


@listens_to(KeyCorrected)
def grade_again(fact: KeyCorrected) -> None:
    """Have the answers to a corrected item graded again once the correction is stored."""
    on_commit(lambda: enqueue(REGRADE, correction_id=fact.correction_id))


@listens_to(AttemptFinished)
def note_task_done(fact: AttemptFinished) -> None:
    """Tell the agenda of an attempt that is final, and passed where a cut score asks for that."""
    if fact.mode not in rules.AUTHORED:  # a daily set is nobody's task and costs nothing here
        return
    found = assigning.find_assignable(fact.blueprint_id)
    if found and (fact.is_passed or not found[1]):
        agenda.note_done(fact.person_id, assigning.KIND, found[0], fact.day)
