"""Markers at once: one text for one person, one mark a round, one score, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.quizzes.models import Appeal, Mark, Regrade, Settlement
from quizapp.quizzes.service import finishing
from quizapp.quizzes.service.marking import appealing, queue, saving, settling
from quizapp.quizzes.service.marking.marks import Given
from tests.factories import answers, marking, people
from tests.faults.test_races import together

pytestmark = pytest.mark.services

FULL = Given(((1.0, 2.0),))


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def broken() -> list[str]:
    return [line for known in all_invariants() for line in known.check()]


def viewers(live: people.World, number: int) -> list[Any]:
    return [people.viewer(marking.marker(live, f"阅卷{place}")) for place in range(number)]


def test_eight_markers_who_ask_at_once_get_eight_texts(live_app, live):
    exam = marking.exam(live)
    for place, person_id in enumerate(answers.crowd(live, 6)):
        marking.sat(person_id, exam, marking.answers(exam, f"第{place}份"))
    markers = viewers(live, 8)
    taken = together(live_app, 8, lambda n: queue.claim_next(markers[n], exam.public_id))
    given = [each for each in taken if each]
    assert len(given) == len(set(given)) == 6
    assert taken.count(None) == 2


def test_a_form_sent_four_times_at_once_is_one_mark(live_app, live):
    exam = marking.exam(live)
    marking.sat(live.people["bob"], exam, marking.answers(exam, "甲。"))
    [marker] = viewers(live, 1)
    script_id = queue.claim_next(marker, exam.public_id)
    results = together(
        live_app, 4, lambda _n: saving.save_mark(marker, exam.public_id, script_id, FULL)
    )
    assert results.count("done") == 1
    assert sum(isinstance(each, Refusal) for each in results) == 3
    assert count(Mark) == 1


def test_settled_by_eight_at_once_an_attempt_is_told_once(live_app, live, monkeypatch):
    exam = marking.exam(live)
    attempt = marking.sat(live.people["bob"], exam, marking.answers(exam, "甲。"))
    [marker] = viewers(live, 1)
    marking.mark_next(marker.id, exam, 1, 2)
    attempt_id = marking.attempt_of(attempt).id
    db.session.rollback()
    told: list[Any] = []
    real = finishing.announce
    monkeypatch.setattr(finishing, "announce", lambda fact: (told.append(fact), real(fact)))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        results = together(live_app, 8, lambda _n: settling.settle(attempt_id))
    assert results.count(True) == 1
    assert results.count(False) == 7
    assert len(marking.told(told)) == 1
    assert count(Settlement) == 1
    assert marking.attempt_of(attempt).score == 2.0
    assert broken() == []


def test_taking_back_and_settling_at_once_leaves_one_of_both(live_app, live):
    exam = marking.exam(live)
    attempt = marking.sat(live.people["bob"], exam, marking.answers(exam, "甲。"))
    [marker] = viewers(live, 1)
    marking.mark_next(marker.id, exam, 1, 2)
    attempt_id = marking.attempt_of(attempt).id
    db.session.rollback()

    def act(place: int) -> Any:
        if place % 2:
            return settling.settle(attempt_id)
        return saving.undo_mark(marker, exam.public_id)

    with clock.frozen(clock.now() + timedelta(minutes=11)):
        results = together(live_app, 6, act)
    is_settled = results.count(True) == 1
    assert is_settled != (count(Mark) == 0)
    assert marking.attempt_of(attempt).awaits_marking is not is_settled
    assert broken() == []


def test_an_appeal_answered_by_two_at_once_is_answered_once(live_app, live):
    exam = marking.exam(live)
    appeal_id = marking.appealed(live.people["bob"], exam)
    markers = viewers(live, 4)
    results = together(
        live_app,
        4,
        lambda n: (
            appealing.uphold(markers[n], appeal_id, ((0.5,),), "给一半")
            if n % 2
            else appealing.decline(markers[n], appeal_id, "维持")
        ),
    )
    assert sum(isinstance(each, Refusal) for each in results) == 3
    [appeal] = db.session.scalars(select(Appeal)).all()
    assert count(Regrade) == (appeal.state == "upheld")
    assert broken() == []
