"""Appeals as those who answer them see them: question, answer and marks, and never a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from question_bank.items import Item, Prompt
from question_bank.items.options import AS_AUTHORED
from question_bank.responses import read_response
from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.items import service as items

from ...models import APPEAL, AWAITED, Appeal, QuizBlueprint, Response
from ..comparing import Compared, compare
from ..worth import effective
from . import rules
from .appealing import find, has_marked
from .bench import TextView, texts_of, views_of
from .marks import Given, counting, marks_of
from .scope import in_scope

NEWEST = 200


@dataclass(frozen=True)
class AppealLine:
    """An appeal that waits; ``may_answer`` False: it is the viewer's own, or about their mark."""

    public_id: str
    quiz_name: str
    topic: str
    at: datetime
    may_answer: bool


@dataclass(frozen=True)
class AutomaticView:
    """A response that needed no marking: the question, what was given and what is right."""

    stem: str
    given: tuple[str, ...]
    solution: tuple[str, ...]
    explanation: str


@dataclass(frozen=True)
class AppealSheet:
    """An appeal beside what it is about. It has no field for a person, a unit or an attempt.

    Either ``texts`` with the points that count and the marks of every round, or ``automatic``.
    ``percent`` is what the response is worth now.
    """

    public_id: str
    quiz_name: str
    topic: str
    reason: str
    state: str
    at: datetime
    percent: float
    texts: tuple[TextView, ...]
    points: rules.Points
    marks: tuple[Given, ...]
    automatic: AutomaticView | None

    @property
    def most(self) -> rules.Points:
        """Return the most points of each criterion, or the one score of what has none."""
        found = tuple(tuple(one.most for one in text.criteria) for text in self.texts)
        return found or ((1.0,),)


def list_appeals(viewer: Viewer) -> list[AppealLine]:
    """Return the appeals that wait in the viewer's scope, oldest first, at most 200."""
    rows = db.session.execute(
        select(
            Appeal.public_id,
            Appeal.person_id,
            Appeal.at,
            QuizBlueprint.name,
            Response.item_version_id,
            has_marked(viewer).label("has_marked"),
        )
        .join(QuizBlueprint, QuizBlueprint.id == Appeal.blueprint_id)
        .join(Response, Response.id == Appeal.response_id)
        .where(in_scope(viewer), Appeal.state == AWAITED)
        .order_by(Appeal.at, Appeal.id)
        .limit(NEWEST)
    )
    return [
        AppealLine(
            public_id=row.public_id,
            quiz_name=row.name,
            topic=items.get_stored(row.item_version_id).topic,
            at=row.at,
            may_answer=row.person_id != viewer.id and not row.has_marked,
        )
        for row in rows
    ]


def get_appeal(viewer: Viewer, appeal_id: str) -> AppealSheet:
    """Return an appeal that is the viewer's to answer; raise LookupError for any other."""
    row = find(viewer, appeal_id)
    stored = items.get_stored(row.item_version_id)
    response = db.session.get_one(Response, row.response_id)
    texts = texts_of(stored.item, row.given)
    marks = marks_of([row.response_id])[row.response_id] if texts else {}
    return AppealSheet(
        public_id=row.public_id,
        quiz_name=row.name,
        topic=stored.topic,
        reason=row.reason,
        state=row.state,
        at=row.at,
        percent=100 * effective([response])[response.id].points,
        texts=views_of(texts),
        points=counting(marks) if marks else (),
        marks=tuple(one for name, one in marks.items() if name != APPEAL),
        automatic=None if texts else _automatic(stored.item, row.given),
    )


def _automatic(item: Item, given: str) -> AutomaticView:
    prompt = item.prompt(AS_AUTHORED)
    compared = compare(item, prompt, read_response(item, json.loads(given)))
    return AutomaticView(prompt.stem, said(prompt, compared), item.solution(), item.explanation)


def said(prompt: Prompt, compared: Compared) -> tuple[str, ...]:
    """Return in words what was given: chosen options, or a line for each thing that was asked."""
    if compared.parts:
        parts = enumerate(zip(prompt.parts, compared.parts, strict=True), start=1)
        return tuple(f"{n}. {'; '.join(said(part, one))}" for n, (part, one) in parts)
    chosen = [option.text for option in prompt.options if option.id in compared.chosen]
    zones = [zone for zone in prompt.zones if zone.id in compared.chosen]
    chosen += [zone.label or str(zone.number) for zone in zones]
    lines = [
        f"{line.label} – {line.given}" if line.label else line.given for line in compared.lines
    ]
    return tuple(chosen or lines)
