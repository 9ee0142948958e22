"""A quiz on the desk: who may touch it, and what it holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from question_bank.assembly import Blueprint, blueprint_from_dict
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org.models import Unit

from ... import rules
from ...models import CLOSED, DRAFT, PUBLISHED, QuizBlueprint

ASSEMBLE = Permission.ASSEMBLE_QUIZZES
ENDED = "ended"  # how the desk calls a quiz that takes nobody any more


@dataclass(frozen=True)
class Sheet:
    """A quiz as the desk shows it. ``state`` is draft, published or ended; moments are in UTC.

    ``tells`` holds what learners are told during the quiz, after it, and once it has closed.
    """

    id: int
    public_id: str
    mode: str
    name: str
    state: str
    blueprint: Blueprint
    unit_id: int
    unit_name: str
    unit_path: str
    opens_at: datetime | None
    closes_at: datetime | None
    limit_seconds: int | None
    grace_seconds: int
    attempts_allowed: int | None
    cut_score: float | None
    tells: tuple[frozenset[str], frozenset[str], frozenset[str]]
    markers: int
    legal_basis: str
    revision: int
    published_at: datetime | None

    @property
    def is_draft(self) -> bool:
        """Tell whether the rules can still change."""
        return self.state == DRAFT

    @property
    def is_open(self) -> bool:
        """Tell whether learners can meet it, now or later."""
        return self.state == PUBLISHED


def in_scope(viewer: Viewer) -> tuple[object, ...]:
    """Return the conditions that a quiz was written for a unit of the viewer's scope."""
    paths = viewer.scope_paths(ASSEMBLE)
    return (
        QuizBlueprint.organisation_id == viewer.organisation_id,
        QuizBlueprint.mode.in_(rules.AUTHORED),
        or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
    )


def get_sheet(viewer: Viewer, public_id: str) -> Sheet:
    """Return a quiz of the viewer's scope; raise LookupError for any other."""
    row = db.session.execute(
        select(QuizBlueprint, Unit)
        .join(Unit, Unit.id == QuizBlueprint.unit_id)
        .where(QuizBlueprint.public_id == public_id, *in_scope(viewer))  # type: ignore[arg-type]
    ).first()
    if row is None:
        raise LookupError(f"quiz {public_id}")
    return sheet_of(*row)


def sheet_of(quiz: QuizBlueprint, unit: Unit) -> Sheet:
    """Return a row as the desk shows it."""
    return Sheet(
        id=quiz.id,
        public_id=quiz.public_id,
        mode=quiz.mode,
        name=quiz.name,
        state=state_of(quiz.state, quiz.closes_at),
        blueprint=blueprint_from_dict(json.loads(quiz.rules)),
        unit_id=unit.id,
        unit_name=unit.name,
        unit_path=unit.path,
        opens_at=quiz.opens_at,
        closes_at=quiz.closes_at,
        limit_seconds=quiz.limit_seconds,
        grace_seconds=quiz.grace_seconds,
        attempts_allowed=quiz.attempts_allowed,
        cut_score=quiz.cut_score,
        tells=(
            rules.read_told(quiz.tells_during),
            rules.read_told(quiz.tells_after),
            rules.read_told(quiz.tells_closed),
        ),
        markers=quiz.markers,
        legal_basis=quiz.legal_basis,
        revision=quiz.revision,
        published_at=quiz.published_at,
    )


def state_of(state: str, closes_at: datetime | None) -> str:
    """Return draft, published or ended, as things stand now."""
    has_ended = state == CLOSED or (closes_at is not None and closes_at <= clock.now())
    return ENDED if has_ended and state != DRAFT else state


def fetch(viewer: Viewer, public_id: str, *, is_draft: bool = False) -> QuizBlueprint:
    """Return the row of a quiz for a command.

    Raises LookupError outside the viewer's scope, and Refusal when a draft was asked for and the
    quiz has been published.
    """
    quiz = db.session.scalar(
        select(QuizBlueprint)
        .join(Unit, Unit.id == QuizBlueprint.unit_id)
        .where(QuizBlueprint.public_id == public_id, *in_scope(viewer))  # type: ignore[arg-type]
        .with_for_update(of=QuizBlueprint)
    )
    if quiz is None:
        raise LookupError(f"quiz {public_id}")
    if is_draft and quiz.state != DRAFT:
        raise Refusal(
            _("This quiz is published, so its rules are fixed. Duplicate it to change them.")
        )
    return quiz
