"""Reading attempts: what a learner may see of one, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from question_bank.items import Prompt
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items.service import StoredItem, get_stored

from .. import rules
from ..models import OPEN, Attempt, FormItem, Response
from .verdicts import Verdict, verdict_on


@dataclass(frozen=True)
class AttemptView:
    """An attempt as its owner sees it; ``results`` holds right, wrong or None by position."""

    id: int
    public_id: str
    mode: str
    day: date
    length: int
    state: str
    deadline_at: datetime
    finished_at: datetime | None
    unit_id: int | None
    results: tuple[bool | None, ...]

    @property
    def answered(self) -> list[int]:
        """Return the positions that have a response."""
        return [place for place, result in enumerate(self.results, 1) if result is not None]

    @property
    def next_position(self) -> int | None:
        """Return the first position without a response, or None."""
        return next((place for place, r in enumerate(self.results, 1) if r is None), None)


# What an attempt's row gives its view; the results come from its responses.
ATTEMPT_FIELDS = tuple(field.name for field in fields(AttemptView) if field.name != "results")


@dataclass(frozen=True)
class OpenSet:
    """A set of an earlier day that still takes responses."""

    public_id: str
    day: date
    answered: int
    length: int


@dataclass(frozen=True)
class Shown:
    """An item as it is put before its learner; ``verdict`` only once the response is final."""

    theme: str
    topic: str
    prompt: Prompt
    verdict: Verdict | None


@dataclass(frozen=True)
class ReviewLine:
    """An item of a final set that is worth another look."""

    position: int
    topic: str
    is_correct: bool


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
    return to_view(
        attempt,
        db.session.execute(
            select(Response.position, Response.is_correct).where(Response.attempt_id == attempt.id)
        ),
    )


def to_view(attempt: Attempt | Row[Any], responses: Iterable[Row[Any]]) -> AttemptView:
    """Return an attempt with its responses (position, is_correct) as its owner sees it."""
    graded: dict[int, bool] = {row.position: row.is_correct for row in responses}
    return AttemptView(
        **{name: getattr(attempt, name) for name in ATTEMPT_FIELDS},
        results=tuple(graded.get(position) for position in range(1, attempt.length + 1)),
    )


def find_open_earlier(viewer: Viewer, today: date) -> OpenSet | None:
    """Return the newest set of an earlier day that is open and still in time, or None."""
    row = db.session.execute(
        select(Attempt, func.count(Response.id).label("answered"))
        .outerjoin(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.person_id == viewer.id,
            Attempt.day < today,
            Attempt.day >= today - timedelta(days=3),
            Attempt.state == OPEN,
            Attempt.deadline_at > clock.now(),
        )
        .group_by(Attempt.id)
        .order_by(Attempt.day.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return OpenSet(row.Attempt.public_id, row.Attempt.day, row.answered, row.Attempt.length)


def get_shown(attempt: AttemptView, position: int) -> Shown:
    """Return the item at a position of the viewer's attempt; raise LookupError past its end."""
    row = db.session.execute(
        select(FormItem, Response)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .outerjoin(
            Response, (Response.attempt_id == Attempt.id) & (Response.position == FormItem.position)
        )
        .where(Attempt.id == attempt.id, FormItem.position == position)
    ).first()
    if row is None:
        raise LookupError(f"position {position} of attempt {attempt.public_id}")
    stored = get_stored(row.FormItem.item_version_id)
    prompt = stored.item.prompt(row.FormItem.option_seed)
    return to_shown(stored, prompt, row.Response)


def to_shown(stored: StoredItem, prompt: Prompt, response: Response | Row[Any] | None) -> Shown:
    """Return an item as its learner sees it; with its verdict exactly when a response is stored."""
    verdict = verdict_on(response, stored, prompt) if response else None
    return Shown(stored.theme, stored.topic, prompt, verdict)


def list_review(attempt: AttemptView) -> list[ReviewLine]:
    """Return the items of an attempt with a response, in order, with the topic of each."""
    rows = db.session.execute(
        select(Response.position, Response.is_correct, Response.item_version_id)
        .where(Response.attempt_id == attempt.id)
        .order_by(Response.position)
    )
    return [
        ReviewLine(row.position, get_stored(row.item_version_id).topic, row.is_correct)
        for row in rows
    ]


def reward_sources(attempt: AttemptView) -> tuple[str, str]:
    """Return the ledger sources of an attempt, as finishing announces them."""
    return f"attempt:{attempt.id}:correct", f"attempt:{attempt.id}:finished"
