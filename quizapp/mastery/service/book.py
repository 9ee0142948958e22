"""The mistake book: what a person got wrong, until they have got it right three times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select

from question_bank.items import Item as BankItem
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items import rules as item_rules
from quizapp.items import service as items
from quizapp.org.rules import learning_day

from .. import rules
from ..models import MasteryCard
from .settings import get_settings

PAGE = 20
SHEET = 30  # questions on paper at once


@dataclass(frozen=True)
class Withheld:
    """Items whose answer is kept from a person at present.

    ``asked`` stand in a set they have not handed in; of ``untold`` their quiz does not tell what
    is right, or not yet.
    """

    asked: frozenset[int] = frozenset()
    untold: frozenset[int] = frozenset()


Withholder = Callable[[int], Withheld]
_withholders: list[Withholder] = []


def withholds(finder: Withholder) -> Withholder:
    """Register who knows what is withheld from a person: the book is no crib."""
    _withholders[:] = [finder]
    return finder


def _withheld(person_id: int) -> Withheld:
    return _withholders[0](person_id) if _withholders else Withheld()


@dataclass(frozen=True)
class Noted:
    """An item in a list of somebody who has met it, worded as they last saw it.

    ``on`` is when it is due, or when it was mastered; ``is_ready``: it may be reviewed today;
    ``is_new``: it was got wrong today or the day before.
    """

    public_id: str
    stem: str
    theme: str
    topic: str
    steps: int
    on: date
    is_ready: bool
    is_new: bool


@dataclass(frozen=True)
class Listing:
    """A page of a list, counted from 1, and the themes it can be narrowed to, with numbers."""

    rows: tuple[Noted, ...]
    total: int
    page: int
    pages: int
    theme: str
    themes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Book:
    """The mistake book: how many are ready, a page of them, and how many are mastered."""

    ready: int
    mastered: int
    is_resting: bool
    listing: Listing


def get_book(viewer: Viewer, theme: str = "", page: int = 1) -> Book:
    """Return a page of the viewer's mistake book; ``theme`` empty: all of them."""
    today = _today(viewer)
    held, met = _held(viewer.id, today, _withheld(viewer.id))
    return Book(
        ready=sum(rules.is_ready(line.due_on, line.last_rating, today) for line in held),
        mastered=_count_mastered(viewer.id),
        is_resting=get_settings(viewer.id).rests_on(today),
        listing=_listing(held, met, today, theme, page),
    )


def get_mastered(viewer: Viewer, theme: str = "", page: int = 1) -> Listing:
    """Return a page of what the viewer has mastered, the latest first."""
    today = _today(viewer)
    lines = db.session.execute(
        _lines(viewer.id)
        .where(MasteryCard.mastered_on.is_not(None))
        .order_by(MasteryCard.mastered_on.desc(), MasteryCard.item_id)
    ).all()
    met = items.list_met([line.item_id for line in lines], today)
    held = [line for line in lines if line.item_id in met]
    return _listing(held, met, today, theme, page)


def list_due(person_id: int, today: date, limit: int = 10) -> list[int]:
    """Return the items of a person's mistake book that may be reviewed now, in their turn.

    What was got wrong today is among them. Without items that may not be drawn on ``today``.
    """
    held, _met = _held(person_id, today, _withheld(person_id))
    ready = [line for line in held if rules.is_ready(line.due_on, line.last_rating, today)]
    return [line.item_id for line in ready[:limit]]


def _today(viewer: Viewer) -> date:
    return learning_day(clock.now(), viewer.time_zone)


Line = Row[Any]


def _lines(person_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        MasteryCard.item_id,
        MasteryCard.version_id,
        MasteryCard.due_on,
        MasteryCard.answered_on,
        MasteryCard.stability,
        MasteryCard.last_rating,
        MasteryCard.streak,
        MasteryCard.mastered_on,
    ).where(MasteryCard.person_id == person_id)


def _mistakes(person_id: int, today: date) -> list[Line]:
    """Return a person's mistakes: those that are ready in their turn, then the others by day."""
    lines = db.session.execute(_lines(person_id).where(MasteryCard.is_mistake)).all()
    return sorted(
        lines,
        key=lambda line: (
            not rules.is_ready(line.due_on, line.last_rating, today),
            line.due_on or today,
            rules.retrievability(line.stability, line.answered_on, today),
            line.item_id,
        ),
    )


def _held(
    person_id: int, today: date, withheld: Withheld
) -> tuple[list[Line], dict[int, items.MetItem]]:
    """Return the mistakes a person may know of: no withdrawn item, none still kept from them."""
    lines = [line for line in _mistakes(person_id, today) if line.item_id not in withheld.untold]
    met = items.list_met([line.item_id for line in lines], today)
    return [line for line in lines if line.item_id in met and met[line.item_id].is_drawable], met


def _count_mastered(person_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(
                MasteryCard.person_id == person_id, MasteryCard.mastered_on.is_not(None)
            )
        )
        or 0
    )


def _listing(
    lines: Sequence[Line], met: dict[int, items.MetItem], today: date, theme: str, page: int
) -> Listing:
    themes = Counter(met[line.item_id].theme for line in lines)
    if theme:
        lines = [line for line in lines if met[line.item_id].theme == theme]
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(page, 1), pages)
    shown = lines[(page - 1) * PAGE : page * PAGE]
    stored = items.read_stored([line.version_id for line in shown])
    return Listing(
        rows=tuple(
            _noted(line, met[line.item_id], stored[line.version_id].item, today) for line in shown
        ),
        total=len(lines),
        page=page,
        pages=pages,
        theme=theme,
        themes=tuple(themes.most_common()),
    )


def _noted(line: Line, met: items.MetItem, item: BankItem, today: date) -> Noted:
    return Noted(
        public_id=met.public_id,
        stem=item_rules.title_of(item.stem),
        theme=met.theme,
        topic=met.topic,
        steps=min(line.streak, rules.RIGHT_TO_MASTER),
        on=line.mastered_on or line.due_on or today,
        is_ready=rules.is_ready(line.due_on, line.last_rating, today),
        is_new=rules.is_new(line.answered_on, line.last_rating, today),
    )


@dataclass(frozen=True)
class Sheet:
    """Questions of the mistake book for paper, in the order of the book, and how many are left."""

    items: tuple[items.StoredItem, ...]
    left: int


def get_sheet(viewer: Viewer, theme: str = "") -> Sheet:
    """Return the first questions of the viewer's mistake book, each as they last saw it.

    They have been told what is right, so the sheet may have a key; without what they are asked
    right now.
    """
    today = _today(viewer)
    withheld = _withheld(viewer.id)
    lines, met = _held(viewer.id, today, withheld)
    held = [
        line
        for line in lines
        if theme in ("", met[line.item_id].theme) and line.item_id not in withheld.asked
    ]
    stored = items.read_stored([line.version_id for line in held[:SHEET]])
    return Sheet(tuple(stored[line.version_id] for line in held[:SHEET]), max(0, len(held) - SHEET))


@dataclass(frozen=True)
class Explained:
    """An item that a person has met, with its key and papers, and what they know of it.

    ``is_withheld``: nothing of the key may be shown at present.
    """

    stored: items.StoredItem
    is_mistake: bool
    steps: int
    seen_on: date
    due_on: date | None
    mastered_on: date | None
    is_withheld: bool


def get_explained(viewer: Viewer, item_id: str) -> Explained:
    """Return an item that the viewer has answered, with its key, as they last saw it.

    Raises LookupError when they have not answered it.
    """
    internal = items.find_met(viewer.organisation_id, item_id)
    card = db.session.get(MasteryCard, (viewer.id, internal)) if internal else None
    if card is None or card.answered_on is None:
        raise LookupError(f"item {item_id}")
    withheld = _withheld(viewer.id)
    return Explained(
        stored=items.get_stored(card.version_id),
        is_mistake=card.is_mistake,
        steps=min(card.streak, rules.RIGHT_TO_MASTER),
        seen_on=card.last_seen_on,
        due_on=card.due_on,
        mastered_on=card.mastered_on,
        is_withheld=card.item_id in withheld.asked | withheld.untold,
    )
