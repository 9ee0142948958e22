"""The challenge: it goes on for as long as the answers are right, so its form grows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import case, func, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from .. import rules
from ..models import OPEN, Attempt, Form, FormItem
from . import forming
from .forming import Memory
from .reading import AttemptView
from .settings import BUILT_IN_RULES


@atomic
def extend(attempt_id: int) -> int:
    """Draw some more items for a challenge whose items are all answered; return its length.

    Items of this run do not come again while others are left. Where the bank has nothing more the
    length stays, and the run is complete.
    """
    attempt = db.session.scalars(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    ).one()
    if attempt.state != OPEN:
        return attempt.length
    shown = db.session.scalars(
        select(FormItem.item_id).where(FormItem.form_id == attempt.form_id)
    ).all()
    if len(shown) > attempt.length:  # another device was quicker
        attempt.length = len(shown)
        return attempt.length
    organisation_id = db.session.scalars(
        select(Person.organisation_id).where(Person.id == attempt.person_id)
    ).one()
    memory = Memory(forming.recent(attempt.person_id, attempt.day)[0])
    try:
        picks = forming.draw(
            organisation_id,
            attempt.mode,
            BUILT_IN_RULES[rules.CHALLENGE],
            f"{attempt.public_id}:{len(shown)}",
            attempt.day,
            memory,
            without=frozenset(shown),
        )
    except Refusal:
        return attempt.length
    forming.add_items(attempt.form_id, len(shown) + 1, picks, memory)
    attempt.length = len(shown) + len(picks)
    db.session.get_one(Form, attempt.form_id).length = attempt.length
    return attempt.length


@dataclass(frozen=True)
class Run:
    """A challenge in numbers for its owner alone: right in a row, and the own bests."""

    length: int
    best_of_day: int
    best_ever: int


def get_run(viewer: Viewer, attempt: AttemptView) -> Run:
    """Return how far a challenge of the viewer came, beside their best of its day and of all."""
    of_day = case((Attempt.day == attempt.day, Attempt.score))
    row = db.session.execute(
        select(func.max(of_day), func.max(Attempt.score)).where(
            Attempt.person_id == viewer.id, Attempt.mode == rules.CHALLENGE, Attempt.state != OPEN
        )
    ).one()
    # A run ends with the first answer that is not right; what that is worth in part is no more.
    length = sum(result is True for result in attempt.results)
    return Run(length, *(max(length, math.floor(best or 0)) for best in row))
