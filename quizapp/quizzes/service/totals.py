"""What a quiz came to for units: means, a distribution, questions. Never of fewer than five."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items.service import get_stored
from quizapp.mastery import rules as mastery_rules
from quizapp.org import service as org
from quizapp.org.models import Unit

from .. import rules
from ..models import DRAFT, OPEN, Attempt, QuizBlueprint, Response
from .settings import Quiz, to_quiz

LEAST = 5
STEPS = (0.2, 0.4, 0.6, 0.8)  # the bounds of the distribution, before bars are merged
QUIZZES, QUESTIONS = 50, 200


@dataclass(frozen=True)
class QuizLine:
    """A quiz with results; ``finished`` people, None below five."""

    public_id: str
    name: str
    mode: str
    closes_at: datetime | None
    finished: int | None


@dataclass(frozen=True)
class UnitTotal:
    """A unit with all below it: how many people, and the mean of their best scores in per cent."""

    name: str
    depth: int
    people: int
    percent: int


@dataclass(frozen=True)
class Bar:
    """So many people reached from ``low`` to ``high`` per cent."""

    low: int
    high: int
    people: int
    percent: int


@dataclass(frozen=True)
class Question:
    """How many people answered a question, and which part of it they reached in per cent."""

    stem: str
    topic: str
    people: int
    percent: int


@dataclass(frozen=True)
class Totals:
    """The results of a quiz in the viewer's scope.

    ``state`` is ``shown``, ``few`` (below five people) or ``later`` (while it is open, as a mean
    that changes from hour to hour tells of the last one who took it). ``hidden`` counts units of
    the scope whose people are in the whole, but not shown alone.
    """

    quiz: Quiz
    state: str
    people: int
    percent: int
    passed_percent: int | None
    bars: tuple[Bar, ...]
    units: tuple[UnitTotal, ...]
    hidden: int
    questions: tuple[Question, ...]


@dataclass
class _Sum:
    people: int = 0
    score: float = 0.0
    passed: int = 0
    bars: tuple[int, ...] = (0,) * (len(STEPS) + 1)

    def add(self, other: _Sum) -> None:
        self.people += other.people
        self.score += other.score
        self.passed += other.passed
        self.bars = tuple(a + b for a, b in zip(self.bars, other.bars, strict=True))


def list_results(viewer: Viewer) -> list[QuizLine]:
    """Return the organisation's authored quizzes, the newest first, at most fifty."""
    finished = (
        select(func.count(Attempt.person_id.distinct()))
        .where(Attempt.blueprint_id == QuizBlueprint.id, Attempt.state != OPEN)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(QuizBlueprint, finished.label("finished"))
        .where(
            QuizBlueprint.organisation_id == viewer.organisation_id,
            QuizBlueprint.mode.in_(rules.AUTHORED),
            QuizBlueprint.state != DRAFT,
        )
        .order_by(QuizBlueprint.id.desc())
        .limit(QUIZZES)
    )
    return [
        QuizLine(
            row.QuizBlueprint.public_id,
            row.QuizBlueprint.name,
            row.QuizBlueprint.mode,
            row.QuizBlueprint.closes_at,
            row.finished if row.finished >= LEAST else None,
        )
        for row in rows
    ]


def get_totals(viewer: Viewer, quiz_id: str) -> Totals:
    """Return the results of a quiz for the viewer's scope; raise LookupError for no such quiz."""
    row = db.session.execute(
        select(QuizBlueprint.__table__).where(
            QuizBlueprint.public_id == quiz_id,
            QuizBlueprint.organisation_id == viewer.organisation_id,
            QuizBlueprint.mode.in_(rules.AUTHORED),
            QuizBlueprint.state != DRAFT,
        )
    ).first()
    if row is None:
        raise LookupError(f"quiz {quiz_id}")
    quiz = to_quiz(row)
    whole, shown = _by_unit(quiz)
    mine = [
        unit
        for unit in org.list_units(viewer.organisation_id)
        if viewer.covers(Permission.READ_AGGREGATES, unit.path)
    ]
    paths = viewer.scope_paths(Permission.READ_AGGREGATES)
    roots = {unit.id for unit in mine if unit.path in paths and unit.id in shown}
    total = _Sum()
    for root in roots:
        total.add(whole[root])
    state = "later" if not quiz.is_closed(clock.now()) else "shown" if total.people else "few"
    if state != "shown":
        return Totals(quiz, state, 0, 0, None, (), (), 0, ())
    first = min(unit.depth for unit in mine)
    units = [
        UnitTotal(
            unit.name,
            unit.depth - first,
            whole[unit.id].people,
            _percent(whole[unit.id].score, whole[unit.id].people),
        )
        for unit in mine
        if unit.id in shown
    ]
    hidden = sum(unit.id in whole and unit.id not in shown for unit in mine)
    tops = tuple(unit.path for unit in mine if unit.id in roots)
    below = {unit.id for unit in mine if unit.path.startswith(tops)}
    passed = None if quiz.cut_score is None else _percent(total.passed, total.people)
    return Totals(
        quiz=quiz,
        state=state,
        people=total.people,
        percent=_percent(total.score, total.people),
        passed_percent=passed,
        bars=_bars(total),
        units=tuple(units),
        hidden=hidden,
        questions=_questions(quiz.id, below),
    )


def _percent(part: float, whole: int) -> int:
    return round(100 * part / whole)


def _best(blueprint_id: int) -> Any:
    """Select everybody's best final attempt at a quiz, of those that nothing waits for."""
    rank = func.row_number().over(
        partition_by=Attempt.person_id, order_by=(Attempt.score.desc(), Attempt.id)
    )
    return (
        select(Attempt.id, Attempt.unit_id, Attempt.is_passed, Attempt.score, rank.label("place"))
        .add_columns((Attempt.score / Attempt.length).label("share"))
        .where(
            Attempt.blueprint_id == blueprint_id,
            Attempt.state != OPEN,
            Attempt.length > 0,
            Attempt.awaits_marking.is_(False),
        )
        .subquery()
    )


def _by_unit(quiz: Quiz) -> tuple[dict[int, _Sum], set[int]]:
    """Return the sums of every unit with all below it, and which of them may be shown.

    Decided over the whole organisation, so that nobody's scope makes a difference.
    """
    best = _best(quiz.id)
    step = sum(
        (case((best.c.share >= bound, 1), else_=0) for bound in STEPS[1:]),
        case((best.c.share >= STEPS[0], 1), else_=0),
    )
    rows = db.session.execute(
        select(
            best.c.unit_id,
            step.label("step"),
            func.count().label("people"),
            func.sum(best.c.share).label("score"),
            func.sum(case((best.c.is_passed, 1), else_=0)).label("passed"),
        )
        .where(best.c.place == 1, best.c.unit_id.is_not(None))
        .group_by(best.c.unit_id, step)
    ).all()
    parents: dict[int, int | None] = {
        unit_id: parent_id
        for unit_id, parent_id in db.session.execute(
            select(Unit.id, Unit.parent_id).where(Unit.organisation_id == quiz.organisation_id)
        )
    }
    whole: dict[int, _Sum] = defaultdict(_Sum)
    for row in rows:
        bars = tuple(int(row.people) if n == row.step else 0 for n in range(len(STEPS) + 1))
        own = _Sum(row.people, float(row.score), int(row.passed), bars)
        above: int | None = row.unit_id
        while above is not None:
            whole[above].add(own)
            above = parents.get(above)
    people = {unit_id: total.people for unit_id, total in whole.items()}
    return dict(whole), mastery_rules.may_be_shown(parents, people, LEAST)


def _bars(total: _Sum) -> tuple[Bar, ...]:
    """Return the distribution, neighbours merged until each bar holds five people or more."""
    bounds = [0, *(round(100 * bound) for bound in STEPS), 100]
    merged: list[list[int]] = []
    low, people = 0, 0
    for number, more in enumerate(total.bars):
        people += more
        if people >= LEAST:
            merged.append([low, bounds[number + 1], people])
            low, people = bounds[number + 1], 0
    if people or low < 100:
        if merged:
            merged[-1][1] = 100
            merged[-1][2] += people
        else:
            merged.append([0, 100, people])
    return tuple(Bar(low, high, n, _percent(n, total.people)) for low, high, n in merged)


def _questions(blueprint_id: int, unit_ids: Collection[int]) -> tuple[Question, ...]:
    """Return the questions that five people or more answered, the hardest first."""
    best = _best(blueprint_id)
    people = func.count()
    mean = func.avg(Response.score)
    rows = db.session.execute(
        select(Response.item_version_id, people.label("people"), mean.label("mean"))
        .join(best, best.c.id == Response.attempt_id)
        .where(best.c.place == 1, best.c.unit_id.in_(unit_ids), Response.is_late.is_(False))
        .group_by(Response.item_version_id)
        .having(people >= LEAST)
        .order_by(mean, Response.item_version_id)
        .limit(QUESTIONS)
    )
    found = []
    for row in rows:
        stored = get_stored(row.item_version_id)
        found.append(
            Question(stored.item.stem, stored.topic, row.people, round(100 * float(row.mean)))
        )
    return tuple(found)
