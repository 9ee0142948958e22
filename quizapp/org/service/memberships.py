"""Who is in which unit on which day: moves, absences, and the member-days that scores divide by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import MembershipChanged
from ..models import Absence, Membership, Unit


def primary_membership(person_id: int, on: date) -> Membership | None:
    """Return the membership that earns for a person on ``on``, or None."""
    return db.session.scalar(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on <= on,
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
        )
    )


def unit_on(person_id: int, on: date) -> int | None:
    """Return the id of the unit a person earns for on ``on``, or None."""
    membership = primary_membership(person_id, on)
    return membership.unit_id if membership else None


def list_memberships(person_id: int) -> list[tuple[str, date, date | None]]:
    """Return the units a person was in: name, first day, first day no more; the newest first."""
    rows = db.session.execute(
        select(Unit.name, Membership.starts_on, Membership.ends_on)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.person_id == person_id, Membership.kind == rules.PRIMARY)
        .order_by(Membership.starts_on.desc())
    )
    return [(row.name, row.starts_on, row.ends_on) for row in rows]


@atomic
def join_unit(person_id: int, unit_id: int, since: date, until: date | None = None) -> bool:
    """Make ``unit_id`` a person's primary unit from ``since`` until before ``until``.

    Ends what held before. Points earned earlier stay where they were earned. Returns False when
    nothing had to change. Raises Refusal when a membership that begins later is in the way.
    """
    current = primary_membership(person_id, since)
    if current and current.unit_id == unit_id and current.ends_on == until:
        return False
    later = db.session.scalar(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on > since,
            Membership.starts_on < (until or date.max),
        )
    )
    if later:
        raise Refusal(
            _("A move that begins after %(day)s is already recorded.", day=since.isoformat()),
            field="since",
            status=422,
        )
    if current and current.unit_id == unit_id:
        current.ends_on = until
    else:
        if current:
            _end(current, since)
        db.session.add(
            Membership(person_id=person_id, unit_id=unit_id, starts_on=since, ends_on=until)
        )
    db.session.flush()
    announce(MembershipChanged(unit_id=unit_id, since=since))
    return True


def _end(membership: Membership, on: date) -> None:
    """End a membership before ``on``; one that would have no day left is removed."""
    if membership.starts_on >= on:
        db.session.delete(membership)
        db.session.flush()
    else:
        membership.ends_on = on
    announce(MembershipChanged(unit_id=membership.unit_id, since=on))


@atomic
def leave_unit(person_id: int, on: date) -> None:
    """End a person's primary membership before ``on``."""
    current = primary_membership(person_id, on)
    if current:
        _end(current, on)


@atomic
def record_absence(person_id: int, since: date, until: date | None) -> None:
    """Note days (``until`` exclusive, None: open) on which a person does not count as a member."""
    db.session.add(Absence(person_id=person_id, starts_on=since, ends_on=until))
    units = db.session.scalars(
        select(Membership.unit_id)
        .where(
            Membership.person_id == person_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on < (until or date.max),
            or_(Membership.ends_on.is_(None), Membership.ends_on > since),
        )
        .distinct()
    )
    for unit_id in units.all():
        announce(MembershipChanged(unit_id=unit_id, since=since))


def eligible_members(
    unit_ids: Collection[int], first: date, last: date
) -> dict[tuple[int, date], int]:
    """Return the number of eligible members of each unit on each day of ``[first, last]``.

    Eligible are primary members who are not absent; days without any are left out.
    """
    end = last + timedelta(days=1)
    rows = db.session.execute(
        select(
            Membership.person_id, Membership.unit_id, Membership.starts_on, Membership.ends_on
        ).where(
            Membership.unit_id.in_(list(unit_ids)),
            Membership.kind == rules.PRIMARY,
            Membership.starts_on < end,
            or_(Membership.ends_on.is_(None), Membership.ends_on > first),
        )
    ).all()
    away = _absences(unit_ids, first, end)
    counts: dict[tuple[int, date], int] = defaultdict(int)
    for row in rows:
        shared = rules.overlap(row.starts_on, row.ends_on, first, end)
        if shared is None:
            continue
        day = shared[0]
        while day < shared[1]:
            if not any(a <= day < b for a, b in away.get(row.person_id, ())):
                counts[row.unit_id, day] += 1
            day += timedelta(days=1)
    return dict(counts)


def count_eligible(organisation_id: int, on: date) -> dict[int, int]:
    """Return the number of eligible members of every unit of an organisation on one day.

    One grouped statement, for the moment at which a day begins for everybody.
    """
    away = select(Absence.id).where(
        Absence.person_id == Membership.person_id,
        Absence.starts_on <= on,
        or_(Absence.ends_on.is_(None), Absence.ends_on > on),
    )
    rows = db.session.execute(
        select(Membership.unit_id, func.count())
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Unit.organisation_id == organisation_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on <= on,
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
            ~away.exists(),
        )
        .group_by(Membership.unit_id)
    )
    return {unit_id: number for unit_id, number in rows}


def first_days(organisation_id: int, after: date) -> dict[int, date]:
    """Return the first day after ``after`` on which a primary membership begins, by unit id."""
    rows = db.session.execute(
        select(Membership.unit_id, func.min(Membership.starts_on))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Unit.organisation_id == organisation_id,
            Membership.kind == rules.PRIMARY,
            Membership.starts_on > after,
        )
        .group_by(Membership.unit_id)
    )
    return {unit_id: day for unit_id, day in rows}


def _absences(
    unit_ids: Collection[int], first: date, end: date
) -> dict[int, list[tuple[date, date]]]:
    rows = db.session.execute(
        select(Absence.person_id, Absence.starts_on, Absence.ends_on)
        .join(Membership, Membership.person_id == Absence.person_id)
        .where(
            Membership.unit_id.in_(list(unit_ids)),
            Absence.starts_on < end,
            or_(Absence.ends_on.is_(None), Absence.ends_on > first),
        )
        .distinct()
    )
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for row in rows:
        away[row.person_id].append((row.starts_on, row.ends_on or date.max))
    return away
