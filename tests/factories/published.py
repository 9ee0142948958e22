"""Quizzes as the assembly desk would publish them, and attempts at them that are final."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.org import service as org
from quizapp.quizzes import rules
from quizapp.quizzes.events import AttemptFinished
from quizapp.quizzes.models import FINISHED, Attempt, Audience, Form, QuizBlueprint

ALL = rules.told(rules.EVERYTHING)
TEN_ITEMS = {"sections": [{"title": "", "rules": [{"count": 10}]}]}


@atomic
def publish(
    organisation_id: int,
    name: str,
    *,
    mode: str = "themed",
    closes_at: datetime | None = None,
    for_units: tuple[int, ...] = (),
    role: str = "",
    **settings: Any,
) -> str:
    """Publish a quiz for units (none: for everybody) and return its public id."""
    quiz = QuizBlueprint(
        organisation_id=organisation_id,
        mode=mode,
        name=name,
        closes_at=closes_at,
        **{"rules": json.dumps(TEN_ITEMS), **settings},
    )
    db.session.add(quiz)
    db.session.flush()
    for unit_id in for_units:
        db.session.add(Audience(blueprint_id=quiz.id, unit_id=unit_id, role=role))
    db.session.flush()
    return quiz.public_id


@atomic
def finish(person_id: int, quiz_id: str, *, is_passed: bool | None = None) -> AttemptFinished:
    """Let a person's attempt at a quiz become final, and announce it."""
    quiz = db.session.query(QuizBlueprint).filter_by(public_id=quiz_id).one()
    day = org.today(quiz.organisation_id)
    form = Form(blueprint_id=quiz.id, seed="s", length=10)
    db.session.add(form)
    db.session.flush()
    attempt = Attempt(
        person_id=person_id,
        blueprint_id=quiz.id,
        form_id=form.id,
        unit_id=org.unit_on(person_id, day),
        mode=quiz.mode,
        day=day,
        length=10,
        deadline_at=clock.now(),
        state=FINISHED,
        finished_at=clock.now(),
        score=0.0,
        is_passed=is_passed,
    )
    db.session.add(attempt)
    db.session.flush()
    fact = AttemptFinished(
        attempt_id=attempt.id,
        public_id=attempt.public_id,
        blueprint_id=quiz.id,
        person_id=person_id,
        unit_id=attempt.unit_id,
        mode=quiz.mode,
        day=day,
        score=0.0,
        length=10,
        is_passed=is_passed,
    )
    announce(fact)
    return fact
