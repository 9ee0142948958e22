"""What a marker sees: a question, an answer and its rubric, and nothing of who wrote it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from question_bank.grading import Written, written
from question_bank.items import Item, Prompt
from question_bank.items.options import AS_AUTHORED
from question_bank.responses import read_response
from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.items import service as items

from ...models import ADJUDICATION, FIRST, SECOND, Attempt, Response, Script
from . import rules
from .marks import Given, marks_of, to_given
from .scope import WAITING, find_quiz, markable_by


@dataclass(frozen=True)
class CriterionView:
    """A criterion of a rubric: what is looked for, the most it gives, and the points to choose."""

    number: int  # from 1 over all texts, as the fields of the form are named
    text: str
    most: float
    steps: tuple[float, ...]


@dataclass(frozen=True)
class TextView:
    """A text to mark: its question, what was written, its rubric; ``part`` 0 outside of a case."""

    part: int
    prompt: Prompt
    text: str
    criteria: tuple[CriterionView, ...]
    sample: str
    explanation: str


@dataclass(frozen=True)
class Sheet:
    """A script on the workbench. It has no field for a person, a unit, an attempt or a time.

    ``stem`` and ``media`` are those of a case. ``marks`` are the two that an adjudicator compares,
    and empty for everybody else. ``draft`` is what the viewer took back. ``is_held`` False: the
    viewer does not have it open any more.
    """

    quiz_id: str
    quiz_name: str
    script_id: str
    stage: str
    topic: str
    case: Prompt | None
    texts: tuple[TextView, ...]
    marks: tuple[Given, ...]
    draft: Given | None
    is_held: bool

    @property
    def most(self) -> rules.Points:
        """Return the most points of each criterion."""
        return tuple(tuple(each.most for each in text.criteria) for text in self.texts)

    @property
    def total(self) -> float:
        """Return the points of all criteria together."""
        return sum(map(sum, self.most))


def get_sheet(viewer: Viewer, quiz_id: str, script_id: str) -> Sheet:
    """Return a script that the viewer has open; raise LookupError for any other."""
    sheet = get_any_sheet(viewer, quiz_id, script_id)
    if not sheet.is_held:
        raise LookupError(f"script {script_id}")
    return sheet


def get_any_sheet(viewer: Viewer, quiz_id: str, script_id: str) -> Sheet:
    """Return a script that somebody else has taken over, for what its marker had typed.

    Raises LookupError for one that is not in the viewer's scope, and for their own.
    """
    quiz = find_quiz(viewer, quiz_id)
    row = db.session.execute(
        select(Script, Response.item_version_id, Response.given)
        .join(Response, Response.id == Script.response_id)
        .join(Attempt, Attempt.id == Script.attempt_id)
        .where(Script.public_id == script_id, Script.blueprint_id == quiz.id, markable_by(viewer))
    ).first()
    if row is None:
        raise LookupError(f"script {script_id}")
    script: Script = row.Script
    stored = items.get_stored(row.item_version_id)
    is_held = script.person_id == viewer.id and script.stage in WAITING
    return Sheet(
        quiz_id=quiz.public_id,
        quiz_name=quiz.name,
        script_id=script.public_id,
        stage=script.stage,
        topic=stored.topic,
        case=_case(stored.item),
        texts=views_of(texts_of(stored.item, row.given)),
        marks=_to_compare(script) if is_held else (),
        draft=to_given(script.draft) if is_held and script.draft else None,
        is_held=is_held,
    )


def _case(item: Item) -> Prompt | None:
    return item.prompt(AS_AUTHORED) if item.kind == "case" else None


def texts_of(item: Item, given: str) -> tuple[Written, ...]:
    """Return the texts to mark of a stored response, which is JSON."""
    return written(item, read_response(item, json.loads(given)))


def views_of(texts: Sequence[Written]) -> tuple[TextView, ...]:
    """Return texts as a marker sees them, their criteria counted through."""
    found, number = [], 0
    for text in texts:
        criteria = []
        for one in text.essay.rubric:
            number += 1
            criteria.append(CriterionView(number, one.text, one.points, rules.steps(one.points)))
        found.append(
            TextView(
                part=text.part,
                prompt=text.essay.prompt(AS_AUTHORED),
                text=text.text,
                criteria=tuple(criteria),
                sample=text.essay.sample,
                explanation=text.essay.explanation,
            )
        )
    return tuple(found)


def most_of(texts: Sequence[Written]) -> rules.Points:
    """Return the most points of each criterion of each text."""
    return tuple(tuple(float(one.points) for one in text.essay.rubric) for text in texts)


def _to_compare(script: Script) -> tuple[Given, ...]:
    """Return the marks of both rounds, for who has to decide between them."""
    if script.stage != ADJUDICATION:
        return ()
    marks = marks_of([script.response_id])[script.response_id]
    return tuple(marks[name] for name in (FIRST, SECOND))
