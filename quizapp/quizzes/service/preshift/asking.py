"""Reading pre-shift questions: what walls and phones may show, and what they are told after."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from question_bank.items import Prompt
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock, security
from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import TEAM, WORKSHOP

from ... import rules
from ...models import Preshift, PreshiftAnswer
from ...rules import Shift
from .drawing import Drawn, anchor_of, draw

MOST_TEAMS = 60
PURPOSE = "preshift"  # of the signed claim that a form carries


@dataclass(frozen=True)
class Told:
    """What a team is told once its answer is stored; made from nothing else."""

    chosen: str  # option ids; empty on the wall of a workshop, which shows several teams' answer
    right: str
    is_correct: bool | None
    explanation: str
    source: str
    source_url: str | None
    way: str
    recorded_at: datetime | None


@dataclass(frozen=True)
class Question:
    """The question of a unit for a shift. No field holds a key but ``told``, None before it.

    ``public_id`` is None while nothing is stored. ``answered`` counts the teams of a workshop whose
    answer is in, of ``teams``; on the question of a single team it is 0 or 1.
    """

    unit_public_id: str
    unit_name: str
    shift: Shift
    public_id: str | None
    version_id: int
    prompt: Prompt
    claim: str
    told: Told | None
    answered: int
    teams: int


@dataclass(frozen=True)
class Line:
    """A question of the last days in the list of a team."""

    public_id: str
    day: date
    slot: str
    stem: str
    is_answered: bool


def list_teams(viewer: Viewer) -> list[org.UnitLine]:
    """Return the teams whose question the viewer may answer, the own one first; 60 at most."""
    found = [
        unit
        for path in viewer.scope_paths(Permission.RECORD_GROUP)
        for unit in org.list_units(viewer.organisation_id, below=path, kinds=(TEAM,))
    ]
    return sorted(found, key=lambda unit: unit.id != viewer.unit_id)[:MOST_TEAMS]


def get_team(viewer: Viewer, public_id: str | None = None) -> org.UnitLine:
    """Return a team whose question the viewer may answer, the own one for None.

    Raises LookupError for any other, and when there is none at all.
    """
    if public_id is None:
        own = org.get_units([viewer.unit_id])[viewer.unit_id] if viewer.unit_id else None
        found = own if own and _may_record(viewer, own) else next(iter(list_teams(viewer)), None)
    else:
        found = org.find_unit(viewer.organisation_id, public_id)
    if found is None or not _may_record(viewer, found):
        raise LookupError(f"team {public_id}")
    return found


def _may_record(viewer: Viewer, unit: org.UnitLine) -> bool:
    is_open_team = unit.kind == TEAM and unit.is_active
    return is_open_team and viewer.covers(Permission.RECORD_GROUP, unit.path)


def present_shift(organisation_id: int) -> Shift:
    """Return the shift whose question is on the walls of an organisation now."""
    return rules.shift_at(clock.now(), org.get_organisation(organisation_id).time_zone)


def find_question(organisation_id: int, unit: org.UnitLine, shift: Shift) -> Question | None:
    """Return the question of a team or a workshop for a shift; None when the bank has none.

    Nothing is written: what is not stored is drawn again the next time, and comes out the same.
    """
    if unit.kind == WORKSHOP:
        return _of_workshop(organisation_id, unit, shift)
    row = db.session.execute(
        _rows().where(
            Preshift.unit_id == unit.id, Preshift.day == shift.day, Preshift.slot == shift.slot
        )
    ).first()
    if row is not None:
        return _of_row(row)
    drawn = draw(organisation_id, anchor_of(unit), shift)
    return _question(unit, shift, drawn) if drawn else None


def get_question(viewer: Viewer, public_id: str) -> Question:
    """Return a stored question of a team of the viewer's; raise LookupError for any other."""
    row = db.session.execute(
        _rows().where(
            Preshift.public_id == public_id, Preshift.organisation_id == viewer.organisation_id
        )
    ).first()
    if row is None or not viewer.covers(Permission.RECORD_GROUP, row.path):
        raise LookupError(f"preshift {public_id}")
    return _of_row(row)


def list_lines(organisation_id: int, unit: org.UnitLine, now: Shift) -> list[Line]:
    """Return a team's stored questions of the last days that can be entered, newest first."""
    first = now.day - timedelta(days=rules.PRESHIFT_ENTRY_DAYS)
    rows = db.session.execute(
        select(Preshift, PreshiftAnswer.way)
        .outerjoin(PreshiftAnswer, PreshiftAnswer.preshift_id == Preshift.id)
        .where(
            Preshift.organisation_id == organisation_id,
            Preshift.unit_id == unit.id,
            Preshift.day.between(first, now.day),
        )
        .order_by(Preshift.day.desc(), Preshift.slot.desc())
    ).all()
    return [
        Line(
            public_id=row.Preshift.public_id,
            day=row.Preshift.day,
            slot=row.Preshift.slot,
            stem=items.get_stored(row.Preshift.item_version_id).item.stem,
            is_answered=row.way is not None,
        )
        for row in rows
        if rules.may_enter(Shift(row.Preshift.day, row.Preshift.slot), now)
    ]


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(Preshift, PreshiftAnswer, Unit.public_id.label("unit"), Unit.name, Unit.path)
        .join(Unit, Unit.id == Preshift.unit_id)
        .outerjoin(PreshiftAnswer, PreshiftAnswer.preshift_id == Preshift.id)
    )


def _of_row(row: Row[Any]) -> Question:
    kept, answer = row.Preshift, row.PreshiftAnswer
    stored = items.get_stored(kept.item_version_id)
    shift = Shift(kept.day, kept.slot)
    return Question(
        unit_public_id=row.unit,
        unit_name=row.name,
        shift=shift,
        public_id=kept.public_id,
        version_id=kept.item_version_id,
        prompt=stored.item.prompt(kept.option_seed),
        claim=_claim(row.unit, shift, kept.item_version_id),
        told=_told(stored, answer) if answer else None,
        answered=int(answer is not None),
        teams=1,
    )


def _question(unit: org.UnitLine, shift: Shift, drawn: Drawn) -> Question:
    return Question(
        unit_public_id=unit.public_id,
        unit_name=unit.name,
        shift=shift,
        public_id=None,
        version_id=drawn.version_id,
        prompt=items.get_stored(drawn.version_id).item.prompt(drawn.option_seed),
        claim=_claim(unit.public_id, shift, drawn.version_id),
        told=None,
        answered=0,
        teams=1,
    )


def _of_workshop(organisation_id: int, unit: org.UnitLine, shift: Shift) -> Question | None:
    """Return a workshop's question: its answer is told once each of its teams has given its own."""
    drawn = draw(organisation_id, unit, shift)
    if drawn is None:
        return None
    open_question = _question(unit, shift, drawn)
    teams = org.list_units(organisation_id, below=unit.path, kinds=(TEAM,))
    answered = db.session.scalar(
        select(func.count())
        .select_from(Preshift)
        .join(PreshiftAnswer, PreshiftAnswer.preshift_id == Preshift.id)
        .where(
            Preshift.unit_id.in_([team.id for team in teams]),
            Preshift.day == shift.day,
            Preshift.slot == shift.slot,
        )
    )
    is_over = bool(teams) and answered == len(teams)
    told = _told(items.get_stored(drawn.version_id), None) if is_over else None
    return replace(open_question, told=told, answered=answered or 0, teams=len(teams))


def _told(stored: items.StoredItem, answer: PreshiftAnswer | None) -> Told:
    return Told(
        chosen="".join(json.loads(answer.given)) if answer else "",
        right="".join(sorted(stored.item.key_ids)),  # type: ignore[union-attr]
        is_correct=answer.is_correct if answer else None,
        explanation=stored.item.explanation,
        source=stored.source,
        source_url=stored.source_url,
        way=answer.way if answer else "",
        recorded_at=answer.recorded_at if answer else None,
    )


def _claim(unit: str, shift: Shift, version_id: int) -> str:
    """Return, signed, which question a form shows: what is stored is what was seen.

    The order of the options follows from unit and shift, and says nothing here.
    """
    return security.sign(PURPOSE, [unit, shift.day.isoformat(), shift.slot, version_id])
