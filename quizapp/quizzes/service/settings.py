"""Quizzes as the engine needs them: what is fixed once published, and the built-in ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from question_bank import assembly
from quizapp.core.db import db, insert

from .. import rules
from ..models import CLOSED, PUBLISHED, QuizBlueprint


@dataclass(frozen=True)
class Quiz:
    """A quiz as it is taken: plain values of its row."""

    id: int
    public_id: str
    organisation_id: int
    unit_id: int | None
    mode: str
    name: str
    state: str
    rules: str
    opens_at: datetime | None
    closes_at: datetime | None
    limit_seconds: int | None
    grace_seconds: int
    attempts_allowed: int | None
    cut_score: float | None
    tells: dict[str, frozenset[str]]
    markers: int
    legal_basis: str

    @property
    def is_revisable(self) -> bool:
        """Tell whether answers may be changed until they are handed in: nothing was told yet."""
        return not self.tells[rules.DURING]

    def is_closed(self, now: datetime) -> bool:
        """Tell whether nobody can begin it any more."""
        return self.state == CLOSED or (self.closes_at is not None and now >= self.closes_at)

    def told(self, *, is_final: bool, now: datetime) -> frozenset[str]:
        """Return what a learner is told of an attempt now: verdict, explanation, key, source."""
        return self.tells[rules.phase(is_final=is_final, is_closed=self.is_closed(now))]


def to_quiz(row: Any) -> Quiz:
    """Return a row of the table, or of a statement with its columns, as plain values."""
    return Quiz(
        id=row.id,
        public_id=row.public_id,
        organisation_id=row.organisation_id,
        unit_id=row.unit_id,
        mode=row.mode,
        name=row.name,
        state=row.state,
        rules=row.rules,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        limit_seconds=row.limit_seconds,
        grace_seconds=row.grace_seconds,
        attempts_allowed=row.attempts_allowed,
        cut_score=row.cut_score,
        tells={
            rules.DURING: rules.read_told(row.tells_during),
            rules.AFTER: rules.read_told(row.tells_after),
            rules.CLOSED: rules.read_told(row.tells_closed),
        },
        markers=row.markers,
        legal_basis=row.legal_basis,
    )


@lru_cache(maxsize=2048)
def get_fixed(blueprint_id: int) -> Quiz:
    """Return a quiz that has attempts, from this process's memory.

    Good for what never changes after publication: mode, rules, feedback, cut score. When it closes
    may have moved: ask ``get_present`` for that. Raises LookupError when there is none.
    """
    return get_present(blueprint_id)


def get_present(blueprint_id: int) -> Quiz:
    """Return a quiz as it is now; raise LookupError when there is none."""
    row = db.session.execute(
        select(QuizBlueprint.__table__).where(QuizBlueprint.id == blueprint_id)
    ).first()
    if row is None:
        raise LookupError(f"quiz {blueprint_id}")
    return to_quiz(row)


def forget_settings() -> None:
    """Drop what this process remembers of quizzes."""
    get_fixed.cache_clear()
    _known.cache_clear()


def built_in(organisation_id: int, mode: str) -> int:
    """Return the id of an organisation's quiz of a built-in mode, made when it is first needed."""
    try:
        return _known(organisation_id, mode)
    except LookupError:
        pass
    everything = rules.told(rules.EVERYTHING)
    # Two people may be the first of an organisation at the same moment. What is only just written
    # is not remembered: its transaction may yet come to nothing.
    db.session.execute(
        insert(QuizBlueprint)
        .values(
            organisation_id=organisation_id,
            mode=mode,
            name=mode,
            state=PUBLISHED,
            rules=json.dumps(assembly.blueprint_to_dict(BUILT_IN_RULES[mode])),
            grace_seconds=0,
            tells_during=everything,
            tells_after=everything,
            tells_closed=everything,
        )
        .on_conflict_do_nothing()
    )
    return _known.__wrapped__(organisation_id, mode)


@lru_cache(maxsize=1024)
def _known(organisation_id: int, mode: str) -> int:
    found = db.session.scalar(
        select(QuizBlueprint.id).where(
            QuizBlueprint.organisation_id == organisation_id, QuizBlueprint.mode == mode
        )
    )
    if found is None:
        raise LookupError(f"no {mode} in organisation {organisation_id}")
    return found


BUILT_IN_RULES = {
    rules.DAILY: assembly.simple(rules.DAILY_COUNT, rules.REST_DAYS),
    rules.CHALLENGE: assembly.simple(rules.CHALLENGE_STEP, rules.REST_DAYS, spread_topics=False),
    rules.MISTAKES: assembly.simple(rules.MISTAKES_COUNT, 0, spread_topics=False),
    rules.PRACTICE: assembly.simple(rules.PRACTICE_COUNT, rules.REST_DAYS),
}
