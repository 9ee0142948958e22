"""Who is in which unit on which day: moves, secondments, absences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select

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
    db.session.flush()
    _announce_away(person_id, since, until)


def _announce_away(person_id: int, since: date, until: date | None) -> None:
    """Announce that the units of a person count others from ``since`` on."""
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


@dataclass(frozen=True)
class AbsenceLine:
    """Days on which a person does not count; ``until`` is the first day no more, None: open."""

    id: int
    person_id: int
    since: date
    until: date | None


def list_absences(organisation_id: int, on: date, *, below: str, limit: int) -> list[AbsenceLine]:
    """Return absences that hold on ``on`` or begin later, of people below the path ``below``.

    Those that end last come last; at most ``limit`` of them.
    """
    rows = db.session.execute(
        select(Absence.id, Absence.person_id, Absence.starts_on, Absence.ends_on)
        .join(Membership, Membership.person_id == Absence.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Unit.organisation_id == organisation_id,
            Unit.path.startswith(below, autoescape=True),
            Membership.kind == rules.PRIMARY,
            Membership.starts_on <= on,
            or_(Membership.ends_on.is_(None), Membership.ends_on > on),
            or_(Absence.ends_on.is_(None), Absence.ends_on > on),
        )
        .order_by(Absence.starts_on, Absence.id)
        .limit(limit)
    )
    return [AbsenceLine(row.id, row.person_id, row.starts_on, row.ends_on) for row in rows]


def find_absence(absence_id: int) -> AbsenceLine | None:
    """Return an absence, or None when it is not there any more."""
    row = db.session.get(Absence, absence_id)
    return AbsenceLine(row.id, row.person_id, row.starts_on, row.ends_on) if row else None


def covers_absence(person_id: int, since: date, until: date | None) -> bool:
    """Tell whether one recorded absence holds on all days from ``since`` until before ``until``."""
    last = until or date.max
    rows = db.session.execute(
        select(Absence.ends_on).where(Absence.person_id == person_id, Absence.starts_on <= since)
    )
    return any((row.ends_on or date.max) >= last for row in rows)


@atomic
def remove_absence(absence_id: int) -> None:
    """Take a wrong absence back: its days count again; nothing happens when it is gone already."""
    absence = db.session.get(Absence, absence_id)
    if absence is not None:
        _announce_away(absence.person_id, absence.starts_on, absence.ends_on)
        db.session.delete(absence)
        db.session.flush()


@atomic
def lend(person_id: int, unit_id: int, since: date, until: date) -> None:
    """Second a person to another unit from ``since`` until before ``until``; then they are back.

    What they earn there counts there. Raises Refusal when they have no unit on ``since``, are
    there already, or move meanwhile.
    """
    home = primary_membership(person_id, since)
    if home is None:
        raise Refusal(_("This person has no unit on that day."), field="since", status=422)
    if home.unit_id == unit_id:
        raise Refusal(_("This person is in that unit already."), field="unit", status=422)
    home_id, home_ends = home.unit_id, home.ends_on
    if home_ends is not None and home_ends < until:
        raise Refusal(
            _("This person leaves their unit on %(day)s already.", day=home_ends.isoformat()),
            field="until",
            status=422,
        )
    join_unit(person_id, unit_id, since, until)
    if home_ends is None or home_ends > until:
        join_unit(person_id, home_id, until, home_ends)
