"""Units that merge and split: people move on a day, and what was is kept.

Points stay with the unit that earned them. The unit that is merged away is closed; its history
says in which it lives on, and rooms above let its points of a running season count there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import or_, select

from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import MembershipChanged, UnitChanged, UnitMerged
from ..models import Membership, Unit, UnitHistory
from .calendars import end_shifts
from .memberships import join_unit
from .units import add_unit, today

MOST_BACK_DAYS = 31


@dataclass(frozen=True)
class HistoryLine:
    """A change of a unit; ``other`` is the unit it went into, came out of, or lay below before."""

    change: str
    changed_on: date
    name: str
    other: str | None


def list_history(unit_id: int) -> list[HistoryLine]:
    """Return what became of a unit, and which went into it or came out of it; the newest first."""
    other = db.aliased(Unit)
    rows = db.session.execute(
        select(UnitHistory, Unit.name.label("now"), other.name.label("other"))
        .join(Unit, Unit.id == UnitHistory.unit_id)
        .outerjoin(other, other.id == UnitHistory.other_id)
        .where(
            or_(
                UnitHistory.unit_id == unit_id,
                (UnitHistory.other_id == unit_id) & (UnitHistory.change != rules.MOVED),
            )
        )
        .order_by(UnitHistory.changed_on.desc(), UnitHistory.id.desc())
    )
    return [
        HistoryLine(
            change=row.UnitHistory.change,
            changed_on=row.UnitHistory.changed_on,
            name=row.UnitHistory.name,
            other=row.now if row.UnitHistory.change == rules.RENAMED else row.other,
        )
        for row in rows
    ]


def successors(organisation_id: int, until: date) -> dict[int, int]:
    """Return in which unit each unit that was merged by ``until`` lives on, over all mergers."""
    rows = db.session.execute(
        select(UnitHistory.unit_id, UnitHistory.other_id)
        .join(Unit, Unit.id == UnitHistory.unit_id)
        .where(
            Unit.organisation_id == organisation_id,
            UnitHistory.change == rules.MERGED,
            UnitHistory.changed_on <= until,
        )
        .order_by(UnitHistory.id)
    )
    merged = {row.unit_id: row.other_id for row in rows if row.other_id}
    return {unit_id: rules.successor(unit_id, merged) for unit_id in merged}


@atomic
def merge_units(actor_id: int | None, unit_id: int, *, into_id: int, on: date) -> None:
    """Merge a unit into another one from ``on`` on: its people move, and it is closed.

    Raises Refusal when the units do not fit, open units lie below the one that is merged, or the
    day lies ahead or more than a month back.
    """
    unit, into = db.session.get_one(Unit, unit_id), db.session.get_one(Unit, into_id)
    _check_day(unit.organisation_id, on)
    _check_pair(unit, into)
    _move_all(unit_id, into_id, on)
    end_shifts(on, unit_id=unit_id)
    _remember(unit_id, rules.MERGED, on, name=unit.name, other_id=into_id)
    unit.is_active = False
    db.session.flush()
    audit.record(
        "org.unit_merged",
        f"unit:{unit.public_id}",
        actor_id=actor_id,
        into=into.public_id,
        on=on,
    )
    announce(MembershipChanged(unit_id=unit_id, since=on))
    announce(MembershipChanged(unit_id=into_id, since=on))
    announce(UnitChanged(unit_id=unit_id))
    announce(UnitMerged(unit_id=unit_id, into_id=into_id, on=on))


def _check_day(organisation_id: int, on: date) -> None:
    now = today(organisation_id)
    if on > now:
        raise Refusal(
            _("This day lies ahead. Record the change on the day itself, or later."),
            field="since",
            status=422,
        )
    if on < now - timedelta(days=MOST_BACK_DAYS):
        raise Refusal(
            _(
                "This day lies too far back. The earliest is %(day)s.",
                day=format_date(now - timedelta(days=MOST_BACK_DAYS), "long"),
            ),
            field="since",
            status=422,
        )


def _check_pair(unit: Unit, into: Unit) -> None:
    if unit.id == into.id or unit.organisation_id != into.organisation_id or not into.is_active:
        raise Refusal(_("Choose another unit that is open."), field="into", status=422)
    if not unit.is_active:
        raise Refusal(_("%(name)s is closed already.", name=unit.name))
    if unit.kind != into.kind or unit.parent_id is None:
        raise Refusal(
            _("A unit merges with one of its own kind: team with team, workshop with workshop."),
            field="into",
            status=422,
        )
    below = select(Unit.id).where(Unit.parent_id == unit.id, Unit.is_active)
    if db.session.scalar(below.limit(1)):
        raise Refusal(_("Units lie below this one. Close or move them first."))


def _move_all(unit_id: int, into_id: int, on: date) -> None:
    """Move everybody who is, or will be, in a unit from ``on`` on."""
    for membership in db.session.scalars(
        select(Membership).where(
            Membership.unit_id == unit_id,
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        )
    ).all():
        if membership.starts_on >= on:
            membership.unit_id = into_id
            continue
        db.session.add(
            Membership(
                person_id=membership.person_id,
                unit_id=into_id,
                kind=membership.kind,
                starts_on=on,
                ends_on=membership.ends_on,
            )
        )
        membership.ends_on = on
    db.session.flush()


@atomic
def split_unit(
    actor_id: int | None,
    unit_id: int,
    *,
    name: str,
    code: str,
    people: Collection[int],
    on: date,
) -> int:
    """Move chosen people of a unit into a new one beside it from ``on`` on; return its id.

    Raises Refusal when nobody or everybody is chosen, or the code is taken.
    """
    unit = db.session.get_one(Unit, unit_id)
    _check_day(unit.organisation_id, on)
    members = set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.unit_id == unit_id,
                Membership.kind == rules.PRIMARY,
                Membership.starts_on <= on,
                or_(Membership.ends_on.is_(None), Membership.ends_on > on),
            )
        )
    )
    chosen = members & set(people)
    if not chosen:
        raise Refusal(_("Choose who moves into the new unit."), field="people", status=422)
    if chosen == members:
        raise Refusal(
            _("Everybody was chosen. To give the unit another name, rename it."),
            field="people",
            status=422,
        )
    if unit.parent_id is None:
        raise Refusal(_("The organisation itself cannot be split."))
    new_id = add_unit(unit.organisation_id, unit.parent_id, kind=unit.kind, name=name, code=code)
    for person_id in sorted(chosen):
        join_unit(person_id, new_id, on)
    _remember(new_id, rules.SPLIT, on, name=unit.name, other_id=unit_id)
    audit.record("org.unit_split", f"unit:{unit.public_id}", actor_id=actor_id, on=on, code=code)
    return new_id


def _remember(
    unit_id: int, change: str, on: date, *, name: str, other_id: int | None = None
) -> None:
    db.session.add(
        UnitHistory(unit_id=unit_id, change=change, changed_on=on, name=name, other_id=other_id)
    )
    db.session.flush()
