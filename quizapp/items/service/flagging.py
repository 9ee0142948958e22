"""Keeping flags and figures up to date, on their own table and on the items of lists."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from sqlalchemy import func, select

from question_bank.items import Hotspot, TrueFalse
from question_bank.items import Item as BankItem
from question_bank.items.options import LETTERS
from question_bank.psychometrics.flags import Flag, ItemNumbers, find_flags, is_news
from quizapp.core.db import atomic, db

from ..models import FlagNote, Item, ItemQuality, ItemStatistic
from . import statistics
from .drawing import get_stored
from .numbers import Others, chunks, evaluate, option_ids, what_is_usual


def refresh(version_ids: Collection[int]) -> int:
    """Bring flags and figures of versions up to date; return how many have figures."""
    others = what_is_usual()
    return sum(_refresh(chunk, others) for chunk in chunks(version_ids))


def count_again(since: date | None = None, progress: statistics.Progress | None = None) -> int:
    """Compute sums, figures and flags anew; return how many rows of sums differed.

    ``since`` None takes the days that may still change, and the versions answered on them.
    """
    first = since or statistics.first_unsettled()
    differed = statistics.count_days(first, progress)
    refresh(statistics.answered_since(first) | _outdated())
    return differed


def _outdated() -> set[int]:
    """Return versions with figures and no response left, and current ones without their own.

    The second are new versions whose items still carry the figures of the version before.
    """
    left = select(ItemQuality.version_id).where(
        ItemQuality.version_id.not_in(select(ItemStatistic.version_id))
    )
    replaced = (
        select(Item.current_version_id)
        .outerjoin(ItemQuality, ItemQuality.version_id == Item.current_version_id)
        .where(ItemQuality.version_id.is_(None), Item.facility.is_not(None))
    )
    found = (*db.session.scalars(left), *db.session.scalars(replaced))
    return {version_id for version_id in found if version_id is not None}


def _refresh(version_ids: Collection[int], others: Mapping[int, Others]) -> int:
    figures = evaluate(version_ids, others)
    flags = _loud_flags(figures)
    _keep(version_ids, figures, flags)
    return len(figures)


def _loud_flags(figures: dict[int, ItemNumbers]) -> dict[int, tuple[Flag, ...]]:
    """Return the flags of each version without those that somebody let stand."""
    stood = {
        (note.version_id, note.flag): note.figure
        for note in db.session.scalars(select(FlagNote).where(FlagNote.version_id.in_(figures)))
    }
    return {
        version_id: tuple(
            flag
            for flag in _flags(version_id, known)
            if (version_id, flag.code) not in stood or is_news(flag, stood[version_id, flag.code])
        )
        for version_id, known in figures.items()
    }


def _flags(version_id: int, figures: ItemNumbers) -> Iterator[Flag]:
    """Yield the flags of a version; options are named by their letters in the author's order."""
    letters = letters_of(get_stored(version_id).item)
    for flag in find_flags(figures):
        params = {
            name: letters[str(value)] if name in ("option", "key") else value
            for name, value in flag.params.items()
        }
        yield Flag(flag.code, flag.figure, params)


def letters_of(item: BankItem) -> dict[str, str]:
    """Return what to call each option by its id: its letter in the author's order.

    Zones have the numbers that stand on their picture. The two options of a true-or-false item keep
    their ids, which the interface words.
    """
    ids = option_ids(item)
    if isinstance(item, TrueFalse):
        return {each: each for each in ids}
    if isinstance(item, Hotspot):
        return {each: str(number) for number, each in enumerate(ids, start=1)}
    return dict(zip(ids, LETTERS, strict=False))


@atomic
def _keep(
    version_ids: Collection[int],
    figures: dict[int, ItemNumbers],
    flags: dict[int, tuple[Flag, ...]],
) -> None:
    stored = {
        row.version_id: row
        for row in db.session.scalars(
            select(ItemQuality).where(ItemQuality.version_id.in_(version_ids))
        )
    }
    for version_id in version_ids:
        row = stored.get(version_id)
        if version_id not in figures:
            if row is not None:
                db.session.delete(row)
            continue
        if row is None:
            row = ItemQuality(version_id=version_id)
            db.session.add(row)
        row.responses = figures[version_id].responses
        row.facility = figures[version_id].facility
        row.discrimination = figures[version_id].discrimination
        row.flags = _to_json(flags[version_id])
    _keep_on_items(version_ids, figures, flags)


def _keep_on_items(
    version_ids: Collection[int],
    figures: dict[int, ItemNumbers],
    flags: dict[int, tuple[Flag, ...]],
) -> None:
    """Write the figures of current versions to their items, for lists and their filters."""
    responses = {
        version_id: number
        for version_id, number in db.session.execute(
            select(ItemStatistic.version_id, func.sum(ItemStatistic.responses))
            .where(ItemStatistic.version_id.in_(version_ids))
            .group_by(ItemStatistic.version_id)
        )
    }
    for item in db.session.scalars(select(Item).where(Item.current_version_id.in_(version_ids))):
        version_id = item.current_version_id or 0
        known = figures.get(version_id)
        item.facility = known.facility if known else None
        item.responses = responses.get(version_id, 0)
        item.flag = next((flag.code for flag in flags.get(version_id, ())), "")


def silence(item: Item, version_id: int, code: str) -> None:
    """Take a flag off the current version of an item; part of a command that notes why."""
    row = db.session.get_one(ItemQuality, version_id)
    left = tuple(flag for flag in from_json(row.flags) if flag.code != code)
    row.flags = _to_json(left)
    item.flag = left[0].code if left else ""


def _to_json(flags: Collection[Flag]) -> str:
    return json.dumps(
        [{"code": flag.code, "figure": flag.figure, "params": flag.params} for flag in flags],
        ensure_ascii=False,
    )


def from_json(text: str) -> tuple[Flag, ...]:
    """Return flags as they were stored, gravest first."""
    return tuple(Flag(each["code"], each["figure"], each["params"]) for each in json.loads(text))
