"""The overview of a set before it is handed in: its sections, and time that came back."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from question_bank.assembly import blueprint_from_dict
from quizapp.accounts.access import Viewer
from quizapp.core.db import db

from ..models import Attempt, FormItem
from .outages import CreditNotice, find_credit
from .reading import AttemptView, get_attempt
from .settings import get_fixed


@dataclass(frozen=True)
class SectionView:
    """A section of a form: its title, empty where it has none, and its positions in order."""

    title: str
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Overview:
    """An attempt with its sections; ``credit`` is what outages gave back, or None."""

    attempt: AttemptView
    sections: tuple[SectionView, ...]
    credit: CreditNotice | None

    @property
    def left(self) -> int:
        """Return how many questions have no answer yet."""
        return self.attempt.length - len(self.attempt.answered)


def get_overview(viewer: Viewer, attempt_id: str) -> Overview:
    """Return the overview of the viewer's own attempt; raise LookupError for any other."""
    attempt = get_attempt(viewer, attempt_id)
    credit = find_credit(attempt.id) if attempt.credited_seconds else None
    return Overview(attempt, _sections(attempt), credit)


def _sections(attempt: AttemptView) -> tuple[SectionView, ...]:
    rows = db.session.execute(
        select(FormItem.section, FormItem.position)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(Attempt.id == attempt.id)
        .order_by(FormItem.position)
    )
    positions: dict[int, list[int]] = {}
    for section, position in rows:
        positions.setdefault(section, []).append(position)
    titles = [
        section.title
        for section in blueprint_from_dict(
            json.loads(get_fixed(attempt.blueprint_id).rules)
        ).sections
    ]
    return tuple(
        SectionView(titles[number] if number < len(titles) else "", tuple(places))
        for number, places in positions.items()
    )
