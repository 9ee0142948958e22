"""Bulletins as the desk reads them: the list, and one of them to be changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, not_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit

from .. import rules
from ..models import Bulletin, BulletinUnit
from .bulletins import Draft, fetch_bulletin, unit_ids_of
from .choosing import below_scope

PAGE_LENGTH = 50
SHOWN, WAITING, LATER, OVER, DOWN = "shown", "waiting", "later", "over", "down"


@dataclass(frozen=True)
class BulletinLine:
    """A bulletin in the list.

    ``state`` says waiting for a person who has not agreed, whatever the reason: nobody is told that
    somebody declined.
    """

    public_id: str
    kind: str
    title: str
    name: str
    text: str
    units: tuple[str, ...]
    starts_on: date
    ends_on: date
    state: str


@dataclass(frozen=True)
class BulletinList:
    """A page of the bulletins of a scope."""

    lines: list[BulletinLine]
    found: int
    pages: int


def list_bulletins(
    viewer: Viewer, *, kind: str = "", past: bool = False, number: int = 1
) -> BulletinList:
    """Return page ``number`` of the bulletins of the viewer's scope, the newest first.

    ``past``: those that are over or were taken down, instead of those that are or will be shown.
    """
    today = clock.now().astimezone(ZoneInfo(viewer.time_zone)).date()
    is_past = (Bulletin.taken_down_at.is_not(None)) | (Bulletin.ends_on < today)
    which = [
        Bulletin.organisation_id == viewer.organisation_id,
        is_past if past else not_(is_past),
        not_(_reaches_beyond(viewer)),
    ]
    if kind in rules.KINDS:
        which.append(Bulletin.kind == kind)
    found = db.session.scalar(select(func.count()).select_from(Bulletin).where(*which)) or 0
    rows = db.session.scalars(
        select(Bulletin)
        .where(*which)
        .order_by(Bulletin.id.desc())
        .offset((number - 1) * PAGE_LENGTH)
        .limit(PAGE_LENGTH)
    ).all()
    units = _units_of([row.id for row in rows])
    return BulletinList(
        lines=[_line(row, tuple(units[row.id]), today) for row in rows],
        found=found,
        pages=max(1, -(-found // PAGE_LENGTH)),
    )


def _reaches_beyond(viewer: Viewer) -> Any:
    """Return the condition that a bulletin is shown outside the viewer's scope, too."""
    return exists(
        select(BulletinUnit.bulletin_id)
        .join(Unit, Unit.id == BulletinUnit.unit_id)
        .where(BulletinUnit.bulletin_id == Bulletin.id, not_(below_scope(viewer)))
    )


def _units_of(bulletin_ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(BulletinUnit.bulletin_id, Unit.name)
        .join(Unit, Unit.id == BulletinUnit.unit_id)
        .where(BulletinUnit.bulletin_id.in_(bulletin_ids))
        .order_by(Unit.path)
    )
    for bulletin_id, name in rows:
        names[bulletin_id].append(name)
    return names


def _line(row: Bulletin, units: tuple[str, ...], today: date) -> BulletinLine:
    return BulletinLine(
        public_id=row.public_id,
        kind=row.kind,
        title=row.title,
        name=row.name,
        text=row.text,
        units=units,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=_state(row, today),
    )


def _state(row: Bulletin, today: date) -> str:
    if row.taken_down_at is not None:
        return DOWN
    if row.ends_on < today:
        return OVER
    if row.consent not in (None, rules.AGREED):
        return WAITING
    return LATER if row.starts_on > today else SHOWN


def get_bulletin(viewer: Viewer, public_id: str) -> tuple[BulletinLine, Draft]:
    """Return a bulletin as it stands and as it can be changed; raise LookupError for others'."""
    row = fetch_bulletin(viewer, public_id)
    today = clock.now().astimezone(ZoneInfo(viewer.time_zone)).date()
    units = list(org.get_units(unit_ids_of(row.id)).values())
    line = _line(row, tuple(unit.name for unit in units), today)
    return line, _draft(row, units, ZoneInfo(viewer.time_zone))


def _draft(row: Bulletin, units: list[org.UnitLine], zone: ZoneInfo) -> Draft:
    person = db.session.get(Person, row.person_id) if row.person_id else None
    team = db.session.get(Unit, row.team_id) if row.team_id else None
    return Draft(
        kind=row.kind,
        title=row.title,
        text=row.text,
        units=tuple(unit.public_id for unit in units),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        begins_at=row.begins_at.astimezone(zone).replace(tzinfo=None) if row.begins_at else None,
        join_until=row.join_until,
        place=row.place,
        host=row.host,
        seats=row.seats,
        link=row.link,
        day=row.day,
        person=person.employee_number if person else "",
        team=team.public_id if team else "",
        under=row.under,
    )
