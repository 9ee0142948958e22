"""The quality desk: flags of all items, the numbers of one, and what a person does about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from question_bank.items import Item as BankItem
from question_bank.items import from_payload
from question_bank.psychometrics.flags import CODES, Flag, ItemNumbers
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from ..models import NO_STAGE, Calibration, FlagNote, Item, ItemQuality, ItemStatistic, ItemVersion
from . import editing, finding
from .flagging import from_json, silence
from .numbers import evaluate, load_times

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
            flag=from_json(flags)[0],
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
        flags=_stored_flags(version.id) if figures else (),
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


def _stored_flags(version_id: int) -> tuple[Flag, ...]:
    stored = db.session.get(ItemQuality, version_id)
    return from_json(stored.flags) if stored else ()


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
    flags = _stored_flags(version.id)
    flag = next((each for each in flags if each.code == code), None)
    if flag is None:
        raise LookupError(f"flag {code} of item {public_id}")
    known = db.session.get(FlagNote, (version.id, code))
    if known is None:
        known = FlagNote(version_id=version.id, flag=code)
        db.session.add(known)
    known.note, known.figure, known.person_id = reason, flag.figure, viewer.id
    known.at = clock.now()
    silence(item, version.id, code)
    about = f"item:{item.public_id}"
    audit.record("items.flag_let_stand", about, actor_id=viewer.id, flag=code)


@atomic
def set_suspended(viewer: Viewer, public_id: str, *, is_suspended: bool) -> None:
    """Keep an item out of new sets, or let it in again; what was drawn already stays.

    A suspended item stands among the drafts, so that somebody revises it; a wording that is on its
    way already is left alone. Raises LookupError for an item of somebody else.
    """
    item = finding.find_item(viewer, public_id, for_change=True)
    if item.current_version_id is None or item.deleted_at is not None:
        raise LookupError(f"item {public_id}")
    if item.is_suspended != is_suspended:
        item.is_suspended = is_suspended
        item.updated_at = clock.now()
        if is_suspended and item.stage == NO_STAGE:
            editing.change_draft(viewer, item, lambda wording: wording)
        action = "items.suspended" if is_suspended else "items.resumed"
        audit.record(action, f"item:{item.public_id}", actor_id=viewer.id)
