"""Choosing among short items: the few words that a question for a whole room may have.

The bank may be large, so neither query reads all of it: one takes what is answered worst, one a
stretch of it that begins anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from question_bank.items import Item as BankItem
from question_bank.items import from_payload
from quizapp.core.db import db

from ..models import Item, ItemVersion
from .drawing import drawable

_KINDS = ("single", "true_false")


@dataclass(frozen=True)
class ShortItem:
    """An item that may be drawn, with its wording."""

    item_id: int
    version_id: int
    item: BankItem


def list_weak(
    organisation_id: int, on: date, *, most: float, limit: int, without: Collection[int] = ()
) -> list[ShortItem]:
    """Return drawable single choices and statements that fewer than ``most`` (0..1) got right.

    The worst first of ``limit``, less the items ``without``. An item that too few people answered
    has no such figure and is not among them.
    """
    statement = _asked(organisation_id, on).where(Item.facility <= most)
    return _read(statement.order_by(Item.facility, Item.id).limit(limit), without)


def list_stretch(
    organisation_id: int, on: date, *, begin: float, limit: int, without: Collection[int] = ()
) -> list[ShortItem]:
    """Return ``limit`` drawable single choices and statements in a row, from ``begin`` (0..1) on.

    After the last item of the bank the first one follows. Items ``without`` are left out.
    """
    span = select(func.min(Item.id), func.max(Item.id))
    ends: Any = db.session.execute(span.where(Item.organisation_id == organisation_id)).one()
    first, last = ends
    if first is None:
        return []
    pivot = first + int((last - first + 1) * begin)
    statement = _asked(organisation_id, on).order_by(Item.id)
    rows = db.session.execute(statement.where(Item.id >= pivot).limit(limit)).all()
    if len(rows) < limit:
        before = statement.where(Item.id < pivot).limit(limit - len(rows))
        rows = [*rows, *db.session.execute(before).all()]
    return _parsed(rows, without)


def _asked(organisation_id: int, on: date) -> Select[*tuple[Any, ...]]:
    version = aliased(ItemVersion)
    return (
        select(Item.id, version.id.label("version_id"), version.payload)
        .join(version, version.id == Item.current_version_id)
        .where(*drawable(organisation_id, on, with_essays=True), version.kind.in_(_KINDS))
    )


def _read(statement: Select[*tuple[Any, ...]], without: Collection[int]) -> list[ShortItem]:
    return _parsed(db.session.execute(statement).all(), without)


def _parsed(rows: Iterable[Any], without: Collection[int]) -> list[ShortItem]:
    return [
        ShortItem(row.id, row.version_id, from_payload(json.loads(row.payload)))
        for row in rows
        if row.id not in without
    ]
