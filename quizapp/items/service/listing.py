"""The list of the bank: filters, counts and pages that cost the same however large the bank is."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.redis import store
from quizapp.org.rules import learning_day
from quizapp.review.service import threads

from ..models import (
    APPROVED,
    ARRIVING,
    CHECKED,
    DRAFT,
    EDITING,
    EXPIRED,
    NO_STAGE,
    RETURNED,
    SCHEDULED,
    WITHDRAWN,
    Item,
    ItemGram,
    ItemVersion,
)
from .approving import SUBJECT
from .searching import Asked, conditions, driver, read_search

PAGE_LENGTH = 50
FRESH_SECONDS = 30
COUNT_MOST = 5000  # a filter that finds more is not counted to its end
SOON = timedelta(days=90)
VIEWS = ("all", "mine_to_review", "flagged", "expiring", "drafts", "bin")
BANDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"hard": (-1.0, 0.3), "middle": (0.3, 0.7), "easy": (0.7, 0.9), "very_easy": (0.9, 1.01)}
)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty strings say nothing. Values are those of the page's form.

    ``topic_ids`` holds a topic and all below it; None: every topic.
    """

    view: str = "all"
    search: str = ""
    topic_ids: frozenset[int] | None = None
    kind: str = ""
    status: str = ""
    facility: str = ""
    validity: str = ""
    reviewer: str = ""


@dataclass(frozen=True)
class ItemLine:
    """A row of the list; ``state`` is one of the codes that ``state_of`` returns."""

    number: int
    public_id: str
    title: str
    source: str
    edition: str
    kind: str
    state: str
    facility: int | None
    valid_until: date | None
    days_left: int | None
    is_long_term: bool
    flag: str
    open_reports: int
    is_suspended: bool
    topic_id: int
    deleted_at: datetime | None


@dataclass(frozen=True)
class ItemPage:
    """A page of the list, newest number first; ``total`` stops at 5,000 (``is_capped``)."""

    lines: list[ItemLine]
    total: int
    is_capped: bool
    before: int | None
    after: int | None


def state_of(status: str, stage: str, valid_until: date | None, on: date) -> str:
    """Return where an item stands in one word: its next wording while that is on its way."""
    if stage in ("first", "second", "final", SCHEDULED, RETURNED):
        return stage
    if status == DRAFT:
        return DRAFT
    if stage == EDITING:
        return "revising"
    if status == APPROVED and valid_until is not None and valid_until < on:
        return EXPIRED
    return status


def list_items(
    viewer: Viewer, filters: Filters, *, before: int | None = None, after: int | None = None
) -> ItemPage:
    """Return a page of the viewer's bank: numbers below ``before``, or above ``after``.

    Three statements at most, one more for a search of several pairs.
    """
    today = learning_day(clock.now(), viewer.time_zone)
    asked = read_search(filters.search)
    if asked.is_hopeless:
        return ItemPage([], 0, False, None, None)
    narrowed = _narrowed(viewer, filters, asked, today)
    total = _count(narrowed)
    rows = _page(narrowed, asked, before, after)
    has_more = len(rows) > PAGE_LENGTH
    rows = rows[:PAGE_LENGTH]
    if after is not None:
        rows.reverse()
    lines = [_line(item, edition, today) for item, edition in rows]
    has_newer = before is not None if after is None else has_more
    has_older = has_more if after is None else True
    return ItemPage(
        lines=lines,
        total=min(total, COUNT_MOST),
        is_capped=total > COUNT_MOST,
        before=lines[-1].number if lines and has_older else None,
        after=lines[0].number if lines and has_newer else None,
    )


def _narrowed(viewer: Viewer, filters: Filters, asked: Asked, today: date) -> Select[Any]:
    """Return the query of the numbers that fulfil the filters.

    A search starts from the entries of its rarest pair, which come in the order of numbers.
    """
    where = [*_conditions(viewer, filters, today), *conditions(asked)]
    if gram := driver(asked):
        return (
            select(ItemGram.item_id)
            .join(Item, Item.id == ItemGram.item_id)
            .where(ItemGram.gram == gram, *where)
        )
    return select(Item.id).where(*where)


def _count(narrowed: Select[Any]) -> int:
    capped = narrowed.limit(COUNT_MOST + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def _page(
    narrowed: Select[Any], asked: Asked, before: int | None, after: int | None
) -> list[tuple[Item, str | None]]:
    key = ItemGram.item_id if driver(asked) else Item.id
    if after is not None:
        narrowed = narrowed.where(key > after).order_by(key)
    else:
        narrowed = narrowed.where(key < before) if before is not None else narrowed
        narrowed = narrowed.order_by(key.desc())
    chosen = narrowed.limit(PAGE_LENGTH + 1).subquery()
    version = aliased(ItemVersion)
    rows = db.session.execute(
        select(Item, version.edition)
        .join(chosen, chosen.c[0] == Item.id)
        .outerjoin(version, version.id == Item.current_version_id)
        .order_by(Item.id if after is not None else Item.id.desc())
    )
    return [(item, edition) for item, edition in rows]


def _line(item: Item, edition: str | None, today: date) -> ItemLine:
    return ItemLine(
        number=item.id,
        public_id=item.public_id,
        title=item.title,
        source=item.source_label,
        edition=edition or "",
        kind=item.kind,
        state=state_of(item.status, item.stage, item.valid_until, today),
        facility=None if item.facility is None else round(100 * item.facility),
        valid_until=item.valid_until,
        days_left=(item.valid_until - today).days if item.valid_until else None,
        is_long_term=item.valid_until is None and item.current_version_id is not None,
        flag=item.flag,
        open_reports=item.open_reports,
        is_suspended=item.is_suspended,
        topic_id=item.topic_id,
        deleted_at=item.deleted_at,
    )


def _conditions(viewer: Viewer, filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Item.organisation_id == viewer.organisation_id]
    found += _of_view(viewer, filters.view, today)
    if filters.topic_ids is not None:
        found.append(Item.topic_id.in_(filters.topic_ids))
    if filters.kind:
        found.append(Item.kind == filters.kind)
    if filters.status:
        found.append(_of_state(filters.status, today))
    if filters.facility:
        found.append(_of_facility(filters.facility))
    if filters.validity:
        found.append(_of_validity(filters.validity, today))
    if filters.reviewer:
        signed = threads.threads_signed_by(viewer.organisation_id, SUBJECT, filters.reviewer)
        found.append(Item.id.in_(signed))
    return found


def _of_view(viewer: Viewer, view: str, today: date) -> list[ColumnElement[bool]]:
    if view == "bin":
        return [Item.deleted_at.is_not(None), Item.deleted_at != ARRIVING]
    here: list[ColumnElement[bool]] = [Item.deleted_at.is_(None)]
    if view == "mine_to_review":
        here.append(Item.id.in_(threads.threads_waiting_for(viewer, SUBJECT)))
    elif view == "flagged":
        here.append(or_(Item.flag > "", Item.open_reports > 0))
    elif view == "expiring":
        here.append(_soon(today))
    elif view == "drafts":
        here += [Item.stage.in_((EDITING, RETURNED)), Item.author_id == viewer.id]
    return here


def _soon(today: date) -> ColumnElement[bool]:
    return and_(Item.status == APPROVED, Item.valid_until.between(today, today + SOON))


def _of_state(code: str, today: date) -> ColumnElement[bool]:
    """Return the condition under which ``state_of`` gives ``code``."""
    quiet = Item.stage.in_((NO_STAGE, EDITING))
    is_past = and_(Item.valid_until.is_not(None), Item.valid_until < today)
    if code in ("first", "second", "final", SCHEDULED, RETURNED):
        return Item.stage == code
    if code == "revising":
        return and_(Item.stage == EDITING, Item.status != DRAFT)
    if code == DRAFT:
        return and_(Item.status == DRAFT, quiet)
    settled = Item.stage == NO_STAGE
    if code == EXPIRED:
        return and_(settled, or_(Item.status == EXPIRED, and_(Item.status == APPROVED, is_past)))
    if code == APPROVED:
        return and_(settled, Item.status == APPROVED, ~is_past)
    return and_(settled, Item.status == code) if code in (CHECKED, WITHDRAWN) else false()


def _of_facility(band: str) -> ColumnElement[bool]:
    if band == "none":
        return Item.facility.is_(None)
    low, high = BANDS.get(band, (2.0, 2.0))
    return and_(Item.facility >= low, Item.facility < high)


def _of_validity(code: str, today: date) -> ColumnElement[bool]:
    if code == "expired":
        return Item.valid_until < today
    if code == "soon":
        return Item.valid_until.between(today, today + SOON)
    if code == "long_term":
        return and_(Item.valid_until.is_(None), Item.current_version_id.is_not(None))
    return false()


@dataclass(frozen=True)
class Counts:
    """How many items the bank has, how many of them are drawn, and how many each view shows."""

    total: int
    usable: int
    views: dict[str, int]


def count_views(viewer: Viewer) -> Counts:
    """Return the numbers over the list: two statements, none while they are fresh.

    They look at every item, so they are kept for half a minute; one's own changes show at once
    (``forget_counts``). The bin is counted to 5,000.
    """
    try:
        kept = store().client.get(_counts_key(viewer.id))
    except RedisError:
        return _counted(viewer)
    if kept:
        return Counts(**json.loads(kept))
    found = _counted(viewer)
    with contextlib.suppress(RedisError):
        store().client.set(_counts_key(viewer.id), json.dumps(asdict(found)), ex=FRESH_SECONDS)
    return found


def forget_counts(person_id: int) -> None:
    """Count anew for a person who may have changed something."""
    with contextlib.suppress(RedisError):
        store().client.delete(_counts_key(person_id))


def _counts_key(person_id: int) -> str:
    return store().key("bank-counts", person_id)


def _counted(viewer: Viewer) -> Counts:
    today = learning_day(clock.now(), viewer.time_zone)
    is_mine = and_(Item.author_id == viewer.id, Item.stage.in_((EDITING, RETURNED)))
    is_usable = and_(
        Item.status == APPROVED,
        Item.is_suspended.is_(False),
        or_(Item.valid_until.is_(None), Item.valid_until >= today),
    )
    columns = {
        "all": func.count(),
        "usable": func.count().filter(is_usable),
        "flagged": func.count().filter(or_(Item.flag > "", Item.open_reports > 0)),
        "expiring": func.count().filter(_soon(today)),
        "drafts": func.count().filter(is_mine),
    }
    row = db.session.execute(
        select(*(column.label(name) for name, column in columns.items())).where(
            Item.organisation_id == viewer.organisation_id, Item.deleted_at.is_(None)
        )
    ).one()
    waiting = threads.threads_waiting_for(viewer, SUBJECT).subquery()
    binned = select(Item.id).where(
        Item.organisation_id == viewer.organisation_id,
        *_of_view(viewer, "bin", today),
    )
    others = db.session.execute(
        select(
            select(func.count()).select_from(waiting).scalar_subquery(),
            select(func.count()).select_from(binned.limit(COUNT_MOST).subquery()).scalar_subquery(),
        )
    ).one()
    views = {name: getattr(row, name) for name in ("all", "flagged", "expiring", "drafts")}
    views |= {"mine_to_review": others[0], "bin": others[1]}
    return Counts(total=row.all, usable=row.usable, views=views)
