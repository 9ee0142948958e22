"""What training does about exams that are finished, and what it adds to everybody's tasks."""

from __future__ import annotations

from quizapp.agenda import service as agenda
from quizapp.core.events import listens_to
from quizapp.quizzes.events import AttemptFinished
from quizapp.quizzes.rules import STATUTORY

from .service import certify, learning

agenda.adds_tasks("training", learning.list_tasks)


@listens_to(AttemptFinished)
def certify_pass(fact: AttemptFinished) -> None:
    """Write the certificate of a statutory exam that was passed; told again, nothing changes."""
    if fact.mode == STATUTORY and fact.is_passed:
        certify(
            attempt_id=fact.attempt_id,
            blueprint_id=fact.blueprint_id,
            person_id=fact.person_id,
            unit_id=fact.unit_id,
            day=fact.day,
        )
