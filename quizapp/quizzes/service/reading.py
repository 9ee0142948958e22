"""Reading attempts: what a learner may see of one, and nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from question_bank.items import Prompt
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items.service import StoredItem, get_stored

from .. import rules
from ..models import OPEN, Attempt, FormItem, QuizBlueprint, Response
from .settings import Quiz, get_fixed, get_present
from .storing import Kept, Outcome
from .verdicts import Verdict, verdict_on

MOST_OPEN = 5


@dataclass(frozen=True)
class AttemptView:
    """An attempt as its owner sees it.

    ``results`` holds right, wrong or None by position: None also where nothing is told yet or
    nobody has marked it, so that ``answered`` names the positions that have a response. ``told`` is
    what the owner is told in the present phase. ``score`` and ``is_passed`` are None until then.
    """

    id: int
    public_id: str
    blueprint_id: int
    mode: str
    name: str
    number: int
    day: date
    length: int
    state: str
    started_at: datetime
    deadline_at: datetime
    grace_seconds: int
    credited_seconds: int
    is_timed: bool
    is_revisable: bool
    flags: frozenset[int]
    finished_at: datetime | None
    unit_id: int | None
    score: float | None
    is_passed: bool | None
    awaits_marking: bool
    told: frozenset[str]
    answered: tuple[int, ...]
    results: tuple[bool | None, ...]

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can be answered any more."""
        return self.state != OPEN

    @property
    def next_position(self) -> int | None:
        """Return the first position without a response, or None."""
        missing = set(range(1, self.length + 1)).difference(self.answered)
        return min(missing, default=None)

    @property
    def tells_verdict(self) -> bool:
        """Tell whether the owner is told what was right."""
        return rules.VERDICT in self.told


@dataclass(frozen=True)
class OpenSet:
    """A set that was begun and still takes responses; ``name`` of an authored quiz, or empty."""

    public_id: str
    blueprint_id: int
    mode: str
    name: str
    day: date
    answered: int
    length: int


@dataclass(frozen=True)
class Shown:
    """An item as it is put before its learner; ``verdict`` only once it is told.

    ``kept`` are the values that were given, empty before.
    """

    position: int
    version_id: int
    option_seed: int
    theme: str
    topic: str
    prompt: Prompt
    kept: tuple[str, ...]
    verdict: Verdict | None


@dataclass(frozen=True)
class ReviewLine:
    """An item of a final set; ``is_correct`` None where that is not told, or not marked yet."""

    position: int
    item_id: int
    topic: str
    is_correct: bool | None


def get_attempt(viewer: Viewer, public_id: str) -> AttemptView:
    """Return the viewer's own attempt; raise LookupError for any other."""
    attempt = db.session.scalar(
        select(Attempt).where(Attempt.public_id == public_id, Attempt.person_id == viewer.id)
    )
    if attempt is None:
        raise LookupError(f"attempt {public_id}")
    return _view(attempt)


def find_daily(viewer: Viewer, day: date) -> AttemptView | None:
    """Return the viewer's daily set of a learning day, or None when it is not started."""
    attempt = db.session.scalar(
        select(Attempt).where(Attempt.person_id == viewer.id, Attempt.slot == rules.daily_slot(day))
    )
    return _view(attempt) if attempt else None


def _view(attempt: Attempt) -> AttemptView:
    # When a quiz closes may have moved; while an attempt is open that decides nothing.
    find = get_fixed if attempt.state == OPEN else get_present
    return to_view(
        attempt,
        find(attempt.blueprint_id),
        db.session.execute(
            select(Response.position, Response.is_correct, Response.is_pending).where(
                Response.attempt_id == attempt.id
            )
        ),
    )


def view_of(outcome: Outcome) -> AttemptView:
    """Return the attempt of a response that was just stored."""
    quiz = get_fixed(outcome.attempt.blueprint_id)
    if outcome.attempt.state != OPEN:
        quiz = get_present(quiz.id)
    return to_view(outcome.attempt, quiz, (outcome.all or {}).values())


def to_view(attempt: Any, quiz: Quiz, responses: Iterable[Any]) -> AttemptView:
    """Return an attempt with its responses (position, is_correct, is_pending) for its owner."""
    graded: dict[int, bool | None] = {
        row.position: None if row.is_pending else row.is_correct for row in responses
    }
    is_final = attempt.state != OPEN
    told = quiz.told(is_final=is_final, now=clock.now())
    shows = rules.VERDICT in told
    return AttemptView(
        id=attempt.id,
        public_id=attempt.public_id,
        blueprint_id=attempt.blueprint_id,
        mode=attempt.mode,
        name=quiz.name,
        number=attempt.number,
        day=attempt.day,
        length=attempt.length,
        state=attempt.state,
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        grace_seconds=attempt.grace_seconds,
        credited_seconds=attempt.credited_seconds,
        is_timed=attempt.is_timed,
        is_revisable=quiz.is_revisable,
        flags=frozenset(int(place) for place in attempt.flags.split(",") if place),
        finished_at=attempt.finished_at,
        unit_id=attempt.unit_id,
        score=attempt.score if shows and is_final else None,
        is_passed=attempt.is_passed if shows and is_final else None,
        awaits_marking=attempt.awaits_marking,
        told=told,
        answered=tuple(sorted(graded)),
        results=tuple(graded.get(p) if shows else None for p in range(1, attempt.length + 1)),
    )


def list_open(viewer: Viewer, today: date) -> list[OpenSet]:
    """Return what the viewer has begun and may go on with, the newest first, without today's set.

    Daily sets of the last days that are still in time, and the open attempts of other modes.
    """
    rows = db.session.execute(
        select(Attempt, QuizBlueprint.name, func.count(Response.id).label("answered"))
        .join(QuizBlueprint, QuizBlueprint.id == Attempt.blueprint_id)
        .outerjoin(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.person_id == viewer.id,
            or_(Attempt.mode != rules.DAILY, Attempt.day < today),
            Attempt.day >= today - rules.UNTIMED_KEPT,
            Attempt.state == OPEN,
            Attempt.deadline_at > clock.now(),
        )
        .group_by(Attempt.id, QuizBlueprint.name)
        .order_by(Attempt.day.desc(), Attempt.id.desc())
        .limit(MOST_OPEN)
    )
    return [
        OpenSet(
            public_id=row.Attempt.public_id,
            blueprint_id=row.Attempt.blueprint_id,
            mode=row.Attempt.mode,
            name=row.name if row.Attempt.mode in rules.AUTHORED else "",
            day=row.Attempt.day,
            answered=row.answered,
            length=row.Attempt.length,
        )
        for row in rows
    ]


_LINES = (
    select(FormItem, Response)
    .join(Attempt, Attempt.form_id == FormItem.form_id)
    .outerjoin(
        Response, (Response.attempt_id == Attempt.id) & (Response.position == FormItem.position)
    )
    .order_by(FormItem.position)
)


def get_shown(attempt: AttemptView, position: int) -> Shown:
    """Return the item at a position of the viewer's attempt; raise LookupError past its end."""
    row = db.session.execute(
        _LINES.where(Attempt.id == attempt.id, FormItem.position == position)
    ).first()
    if row is None:
        raise LookupError(f"position {position} of attempt {attempt.public_id}")
    return _shown(attempt, row)


def list_shown(attempt: AttemptView) -> list[Shown]:
    """Return every item of the viewer's attempt, in one statement, for answering without a net."""
    return [
        _shown(attempt, row) for row in db.session.execute(_LINES.where(Attempt.id == attempt.id))
    ]


def _shown(attempt: AttemptView, row: Any) -> Shown:
    stored = get_stored(row.FormItem.item_version_id)
    prompt = stored.item.prompt(row.FormItem.option_seed)
    return _to_shown(
        stored, prompt, row.FormItem.position, row.FormItem.option_seed, row.Response, attempt
    )


def to_shown(
    stored: StoredItem, prompt: Prompt, kept: Kept | None, ticket: Any, attempt: AttemptView
) -> Shown:
    """Return the item of a ticket as its learner sees it once its response is stored."""
    return _to_shown(stored, prompt, ticket.position, ticket.option_seed, kept, attempt)


def _to_shown(
    stored: StoredItem,
    prompt: Prompt,
    position: int,
    option_seed: int,
    response: Any,
    attempt: AttemptView,
) -> Shown:
    verdict = None
    if response is not None and attempt.tells_verdict:
        verdict = verdict_on(response, stored, prompt, attempt.told)
    return Shown(
        position=position,
        version_id=stored.version_id,
        option_seed=option_seed,
        theme=stored.theme,
        topic=stored.topic,
        prompt=prompt,
        kept=() if response is None else tuple(json.loads(response.given)),
        verdict=verdict,
    )


def list_review(attempt: AttemptView) -> list[ReviewLine]:
    """Return the items of an attempt with a response, in order, with the topic of each."""
    rows = db.session.execute(
        select(
            Response.position,
            Response.is_correct,
            Response.is_pending,
            Response.item_version_id,
        )
        .where(Response.attempt_id == attempt.id)
        .order_by(Response.position)
    )
    lines = []
    for row in rows:
        stored = get_stored(row.item_version_id)
        is_told = attempt.tells_verdict and not row.is_pending
        is_correct = row.is_correct if is_told else None
        lines.append(ReviewLine(row.position, stored.item_id, stored.topic, is_correct))
    return lines


def reward_sources(attempt: AttemptView) -> tuple[str, ...]:
    """Return the ledger sources of an attempt, as finishing announces them."""
    source = rules.attempt_source(attempt.id)
    return f"{source}:correct", f"{source}:finished", rules.passed_source(attempt.blueprint_id)
