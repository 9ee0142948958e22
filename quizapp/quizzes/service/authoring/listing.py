"""The quizzes of one's own scope, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org.models import Unit

from ...models import CLOSED, DRAFT, PUBLISHED, Attempt, Audience, QuizBlueprint
from .sheets import ENDED, in_scope, state_of

PAGE_LENGTH = 30
LEAST_PEOPLE = 5
VIEWS = (DRAFT, PUBLISHED, ENDED)


@dataclass(frozen=True)
class QuizLine:
    """A quiz in the list; ``people`` is how many took it, None below five.

    ``audience`` are names of units, at most three of ``audience_count``.
    """

    public_id: str
    name: str
    mode: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    audience: tuple[str, ...]
    audience_count: int
    people: int | None


@dataclass(frozen=True)
class QuizPage:
    """A page of quizzes, the newest first; ``before`` is where the next page goes on."""

    lines: list[QuizLine]
    counts: dict[str, int]
    before: int | None


def _is(view: str) -> ColumnElement[bool]:
    has_ended = or_(
        QuizBlueprint.state == CLOSED,
        and_(
            QuizBlueprint.closes_at.is_not(None),
            QuizBlueprint.closes_at <= clock.now(),
            QuizBlueprint.state == PUBLISHED,
        ),
    )
    if view == ENDED:
        return has_ended
    if view == PUBLISHED:
        return and_(QuizBlueprint.state == PUBLISHED, ~has_ended)
    return QuizBlueprint.state == DRAFT


def list_quizzes(viewer: Viewer, view: str = "", *, before: int | None = None) -> QuizPage:
    """Return quizzes of the viewer's scope: drafts, published, ended, or (empty) all of them."""
    scope: Any = in_scope(viewer)
    found = select(QuizBlueprint).join(Unit, Unit.id == QuizBlueprint.unit_id).where(*scope)
    if view:
        found = found.where(_is(view))
    if before:
        found = found.where(QuizBlueprint.id < before)
    rows = db.session.scalars(found.order_by(QuizBlueprint.id.desc()).limit(PAGE_LENGTH + 1)).all()
    shown = rows[:PAGE_LENGTH]
    ids = [row.id for row in shown]
    people, audiences = _people(ids), _audiences(ids)
    return QuizPage(
        lines=[_line(row, people, audiences) for row in shown],
        counts=_counts(scope),
        before=shown[-1].id if len(rows) > PAGE_LENGTH else None,
    )


def _line(quiz: QuizBlueprint, people: dict[int, int], audiences: dict[int, list[str]]) -> QuizLine:
    many = people.get(quiz.id, 0)
    units = audiences.get(quiz.id, [])
    return QuizLine(
        public_id=quiz.public_id,
        name=quiz.name,
        mode=quiz.mode,
        state=state_of(quiz.state, quiz.closes_at),
        opens_at=quiz.opens_at,
        closes_at=quiz.closes_at,
        audience=tuple(units[:3]),
        audience_count=len(units),
        people=many if many >= LEAST_PEOPLE else None,
    )


def _people(ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Attempt.blueprint_id, func.count(Attempt.person_id.distinct()))
        .where(Attempt.blueprint_id.in_(ids))
        .group_by(Attempt.blueprint_id)
    )
    return {blueprint_id: number for blueprint_id, number in rows}


def _audiences(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for blueprint_id, name in db.session.execute(
        select(Audience.blueprint_id, Unit.name)
        .join(Unit, Unit.id == Audience.unit_id)
        .where(Audience.blueprint_id.in_(ids))
        .order_by(Unit.path)
    ):
        names = found.setdefault(blueprint_id, [])
        if name not in names:
            names.append(name)
    return found


def _counts(scope: Any) -> dict[str, int]:
    row = db.session.execute(
        select(*(func.count().filter(_is(view)).label(view) for view in VIEWS))
        .select_from(QuizBlueprint)
        .join(Unit, Unit.id == QuizBlueprint.unit_id)
        .where(*scope)
    ).one()
    return dict(zip(VIEWS, row, strict=True))
