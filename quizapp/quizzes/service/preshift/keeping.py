"""Storing pre-shift questions before they are asked: for the shift to come, for a week on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from question_bank.items import Prompt
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.core import clock, security
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.items import service as items
from quizapp.org import service as org
from quizapp.org.models import Organisation, Unit
from quizapp.org.rules import TEAM

from ... import rules
from ...models import Preshift
from ...rules import Shift
from .asking import get_team
from .drawing import Drawn, anchor_of, draw

PRESHIFT = 7018  # class of the advisory locks, one per workshop
AHEAD = timedelta(hours=2)
WEEK_DAYS = 7


@dataclass(frozen=True)
class SheetLine:
    """A question on paper, without its key."""

    day: date
    prompt: Prompt


@dataclass(frozen=True)
class SheetKey:
    """Its key, for the page that is folded away until the hands are counted."""

    day: date
    letters: str
    words: str
    explanation: str
    source: str


@dataclass(frozen=True)
class Sheet:
    """A week of questions of a team for one shift."""

    unit_name: str
    slot: str
    lines: tuple[SheetLine, ...]
    keys: tuple[SheetKey, ...]


@atomic
def prepare(organisation_id: int, teams: Iterable[org.UnitLine], shift: Shift) -> int:
    """Store the question of a shift for teams that have none yet; return how many were stored."""
    waiting = list(teams)
    known = set(
        db.session.scalars(
            select(Preshift.unit_id).where(
                Preshift.unit_id.in_([team.id for team in waiting]),
                Preshift.day == shift.day,
                Preshift.slot == shift.slot,
            )
        )
    )
    drawn: dict[int, Drawn | None] = {}
    stored = 0
    for team in (team for team in waiting if team.id not in known):
        anchor = anchor_of(team)
        if anchor.id not in drawn:
            lock_for_command(PRESHIFT, anchor.id)
            drawn[anchor.id] = draw(organisation_id, anchor, shift)
        found = drawn[anchor.id]
        if found:
            stored += _store(organisation_id, team.id, shift, found)
    return stored


def _store(organisation_id: int, unit_id: int, shift: Shift, drawn: Drawn) -> bool:
    """Store a team's question of a shift unless there is one; tell whether this call did."""
    written = db.session.execute(
        insert(Preshift)
        .values(
            public_id=security.public_id(),
            organisation_id=organisation_id,
            unit_id=unit_id,
            day=shift.day,
            slot=shift.slot,
            item_id=drawn.item_id,
            item_version_id=drawn.version_id,
            option_seed=drawn.option_seed,
            prepared_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["unit_id", "day", "slot"])
        .returning(Preshift.id)
    ).scalar()
    return written is not None


def keep(organisation_id: int, unit: org.UnitLine, shift: Shift, seen: Drawn) -> Preshift:
    """Return a team's question of a shift, stored as it was ``seen`` unless one is stored already.

    Part of a command.
    """
    lock_for_command(PRESHIFT, anchor_of(unit).id)
    _store(organisation_id, unit.id, shift, seen)
    return db.session.scalars(
        select(Preshift)
        .where(Preshift.unit_id == unit.id, Preshift.day == shift.day, Preshift.slot == shift.slot)
        .execution_options(populate_existing=True)
        .with_for_update()
    ).one()


def prepare_due() -> int:
    """Store the questions of the shift that begins next, for every team with a learning rep.

    Walls see to their own teams. Returns how many were stored.
    """
    stored = 0
    for organisation in db.session.scalars(select(Organisation).order_by(Organisation.id)).all():
        shift = rules.shift_at(clock.now() + AHEAD, organisation.time_zone)
        ids = db.session.scalars(
            select(RoleGrant.unit_id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(
                Unit.organisation_id == organisation.id,
                Unit.kind == TEAM,
                Unit.is_active,
                RoleGrant.role == Role.LEARNING_REP.value,
            )
            .distinct()
        ).all()
        teams = org.get_units(ids)
        stored += prepare(organisation.id, [teams[i] for i in sorted(teams)], shift)
    return stored


@atomic
def print_week(viewer: Viewer, team_public_id: str | None, *, first: date, slot: str) -> Sheet:
    """Store a week of questions of a team from ``first`` on and return them for paper.

    Raises LookupError for a team that is not the viewer's to answer for.
    """
    unit = get_team(viewer, team_public_id)
    week = [first + timedelta(days=n) for n in range(WEEK_DAYS)]
    for day in week:
        prepare(viewer.organisation_id, [unit], Shift(day, slot))
    rows = db.session.scalars(
        select(Preshift)
        .where(Preshift.unit_id == unit.id, Preshift.day.in_(week), Preshift.slot == slot)
        .order_by(Preshift.day)
    ).all()
    return Sheet(
        unit.name,
        slot,
        tuple(
            SheetLine(row.day, items.get_stored(row.item_version_id).item.prompt(row.option_seed))
            for row in rows
        ),
        tuple(_key(row) for row in rows),
    )


def _key(row: Preshift) -> SheetKey:
    stored = items.get_stored(row.item_version_id)
    prompt, item = stored.item.prompt(row.option_seed), stored.item
    right = [option for option in prompt.options if option.id in item.key_ids]  # type: ignore[union-attr]
    return SheetKey(
        day=row.day,
        letters="".join(option.letter for option in right),
        words="".join(option.text or option.id for option in right),
        explanation=item.explanation,
        source=stored.source,
    )
