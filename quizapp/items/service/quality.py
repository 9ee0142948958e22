"""The quality desk: flags of all items, the numbers of one, and what a person does about them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from question_bank.items import Item as BankItem
from question_bank.items import TrueFalse, from_payload
from question_bank.items.options import LETTERS
from question_bank.psychometrics.flags import CODES, Flag, ItemNumbers, find_flags, is_news
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from ..models import Calibration, FlagNote, Item, ItemQuality, ItemStatistic, ItemVersion
from . import statistics
from .drawing import get_stored
from .numbers import chunks, evaluate, load_times, option_ids

LIST_LENGTH = 100
NOTE_LENGTH = 500


@dataclass(frozen=True)
class FlaggedItem:
    """An item of the list: its number on the desk, its title and its gravest flag."""

    public_id: str
    number: int
    title: str
    flag: Flag
    is_suspended: bool


@dataclass(frozen=True)
class FlagList:
    """The gravest flagged items, and how many there are altogether."""

    items: tuple[FlaggedItem, ...]
    total: int


@dataclass(frozen=True)
class VersionNumbers:
    """A version of an item in one line; figures are None below 30 responses or five people."""

    number: int
    responses: int
    facility: float | None
    discrimination: float | None
    calibration: Calibration | None


@dataclass(frozen=True)
class LetStand:
    """A flag that somebody let stand, and why."""

    code: str
    note: str
    person: str
    at: datetime


@dataclass(frozen=True)
class ItemQualityView:
    """All numbers of an item's current version.

    ``figures`` is None while there are fewer than 30 responses or five people; ``responses`` is
    told all the same. ``flags`` are those that nobody let stand. ``times`` counts by bucket.
    """

    public_id: str
    number: int
    title: str
    item: BankItem
    source: str
    edition: str
    is_suspended: bool
    responses: int
    figures: ItemNumbers | None
    flags: tuple[Flag, ...]
    times: tuple[int, ...]
    versions: tuple[VersionNumbers, ...]
    let_stand: tuple[LetStand, ...]


# --- keeping the flags ---------------------------------------------------------------------------


def refresh(version_ids: Collection[int] | None = None) -> int:
    """Bring flags and the figures on items up to date; return how many versions have figures.

    ``version_ids`` None takes every version that was ever answered, and items whose figures are
    those of an earlier version.
    """
    known = set(version_ids) if version_ids is not None else _answered() | _outdated()
    return sum(_refresh(chunk) for chunk in chunks(known))


def _answered() -> set[int]:
    return set(db.session.scalars(select(ItemStatistic.version_id).distinct()))


def count_again(since: date | None = None, progress: statistics.Progress | None = None) -> int:
    """Compute sums, figures and flags anew; return how many rows of sums differed.

    ``since`` None takes the days that may still change, and the versions answered on them.
    """
    differed = statistics.count_days(since, progress)
    refresh(None if since else statistics.recently_answered() | _outdated())
    return differed


def _outdated() -> set[int]:
    """Return current versions whose items still carry the figures of the version before."""
    found = db.session.scalars(
        select(Item.current_version_id)
        .outerjoin(ItemQuality, ItemQuality.version_id == Item.current_version_id)
        .where(ItemQuality.version_id.is_(None), Item.facility.is_not(None))
    )
    return {version_id for version_id in found if version_id is not None}


def _refresh(version_ids: Collection[int]) -> int:
    figures = evaluate(version_ids)
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

    The two of a true-or-false item keep their ids, which the interface words.
    """
    ids = option_ids(item)
    if isinstance(item, TrueFalse):
        return {each: each for each in ids}
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


def _to_json(flags: Collection[Flag]) -> str:
    return json.dumps(
        [{"code": flag.code, "figure": flag.figure, "params": flag.params} for flag in flags],
        ensure_ascii=False,
    )


def _from_json(text: str) -> tuple[Flag, ...]:
    return tuple(Flag(each["code"], each["figure"], each["params"]) for each in json.loads(text))


# --- the desk ------------------------------------------------------------------------------------


def list_flagged(viewer: Viewer) -> FlagList:
    """Return the flagged items of the viewer's organisation, the gravest first."""
    flagged = (
        Item.organisation_id == viewer.organisation_id,
        Item.flag != "",
        Item.deleted_at.is_(None),
    )
    gravity = case({code: place for place, code in enumerate(CODES)}, value=Item.flag, else_=99)
    rows = db.session.execute(
        select(Item, ItemQuality.flags, func.count().over().label("total"))
        .join(ItemQuality, ItemQuality.version_id == Item.current_version_id)
        .where(*flagged, ItemQuality.flags != "[]")
        .order_by(gravity, Item.responses.desc(), Item.id)
        .limit(LIST_LENGTH)
    ).all()
    lines = tuple(
        FlaggedItem(
            public_id=item.public_id,
            number=item.id,
            title=item.title,
            flag=_from_json(flags)[0],
            is_suspended=item.is_suspended,
        )
        for item, flags, _total in rows
    )
    return FlagList(lines, rows[0].total if rows else 0)


def get_quality(viewer: Viewer, public_id: str) -> ItemQualityView:
    """Return the numbers of an item of the viewer's organisation.

    Raises LookupError when there is none, or nobody could have answered it yet.
    """
    item, version = _published(viewer, public_id)
    figures = evaluate([version.id]).get(version.id)
    notes = _notes(version.id)
    times = load_times([version.id], date.min) if figures else {}
    versions = _versions(item.id)
    return ItemQualityView(
        public_id=item.public_id,
        number=item.id,
        title=item.title,
        item=from_payload(json.loads(version.payload)),
        source=item.source_label,
        edition=version.edition,
        is_suspended=item.is_suspended,
        responses=next((v.responses for v in versions if v.number == version.number), 0),
        figures=figures,
        flags=_loud_flags({version.id: figures})[version.id] if figures else (),
        times=tuple(map(sum, zip(*times.values(), strict=True))),
        versions=versions,
        let_stand=notes,
    )


def _published(viewer: Viewer, public_id: str) -> tuple[Item, ItemVersion]:
    row = db.session.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(
            Item.public_id == public_id,
            Item.organisation_id == viewer.organisation_id,
            Item.deleted_at.is_(None),
        )
    ).first()
    if row is None:
        raise LookupError(f"item {public_id}")
    return row[0], row[1]


def _notes(version_id: int) -> tuple[LetStand, ...]:
    rows = db.session.execute(
        select(FlagNote, Person.name)
        .join(Person, Person.id == FlagNote.person_id)
        .where(FlagNote.version_id == version_id)
        .order_by(FlagNote.at)
    )
    return tuple(LetStand(note.flag, note.note, name, note.at) for note, name in rows)


def _versions(item_id: int) -> tuple[VersionNumbers, ...]:
    """Return every version of an item that was answered, newest first."""
    answered = (
        select(ItemStatistic.version_id, func.sum(ItemStatistic.responses).label("responses"))
        .join(ItemVersion, ItemVersion.id == ItemStatistic.version_id)
        .where(ItemVersion.item_id == item_id)
        .group_by(ItemStatistic.version_id)
        .subquery()
    )
    rows: Any = db.session.execute(
        select(ItemVersion.number, answered.c.responses, ItemQuality, Calibration)
        .join(answered, answered.c.version_id == ItemVersion.id)
        .outerjoin(ItemQuality, ItemQuality.version_id == ItemVersion.id)
        .outerjoin(Calibration, Calibration.version_id == ItemVersion.id)
        .order_by(ItemVersion.number.desc())
    )
    return tuple(
        VersionNumbers(
            number=number,
            responses=int(responses),
            facility=quality.facility if quality else None,
            discrimination=quality.discrimination if quality else None,
            calibration=calibration if quality else None,
        )
        for number, responses, quality, calibration in rows
    )


# --- what a person does about it -----------------------------------------------------------------


@atomic
def let_stand(viewer: Viewer, public_id: str, code: str, note: str) -> None:
    """Silence a flag of an item, with the reason, until its figure grows clearly.

    Raises LookupError for an item or a flag that is not there, Refusal without a reason.
    """
    item, version = _published(viewer, public_id)
    reason = note.strip()
    if not reason:
        raise Refusal(_("Write down why: the next reader wants to know."), status=422, field="note")
    if len(reason) > NOTE_LENGTH:
        raise Refusal(_("That is too long: 500 characters fit."), status=422, field="note")
    figures = evaluate([version.id])
    flags = _loud_flags(figures).get(version.id, ())
    flag = next((each for each in flags if each.code == code), None)
    if flag is None:
        raise LookupError(f"flag {code} of item {public_id}")
    known = db.session.get(FlagNote, (version.id, code))
    if known is None:
        known = FlagNote(version_id=version.id, flag=code)
        db.session.add(known)
    known.note, known.figure, known.person_id = reason, flag.figure, viewer.id
    known.at = clock.now()
    db.session.flush()
    _keep([version.id], figures, _loud_flags(figures))
    about = f"item:{item.public_id}"
    audit.record("items.flag_let_stand", about, actor_id=viewer.id, flag=code)


@atomic
def set_suspended(viewer: Viewer, public_id: str, *, is_suspended: bool) -> None:
    """Keep an item out of new sets, or let it in again; what was drawn already stays.

    Raises LookupError for an item of somebody else.
    """
    item, _version = _published(viewer, public_id)
    if item.is_suspended != is_suspended:
        item.is_suspended = is_suspended
        item.updated_at = clock.now()
        action = "items.suspended" if is_suspended else "items.resumed"
        audit.record(action, f"item:{item.public_id}", actor_id=viewer.id)
