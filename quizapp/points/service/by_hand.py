"""Corrections by hand: an administrator sets a line right that its owner named by its reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import aliased

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic, db
from quizapp.core.events import Rewardable, announce
from quizapp.core.forms import Refusal
from quizapp.core.redis import store
from quizapp.org import service as org
from quizapp.org.models import Membership
from quizapp.org.rules import learning_day

from .. import rules
from ..events import EntryWritten
from ..models import Entry
from .awarding import account_of, lock_ledger, organisation_of
from .references import entry_id_of, reference_of
from .rule_sets import rule_sets, rules_on

CORRECTED = "points.corrected"  # the act in the log, by which corrections are listed
BY_HAND = "hand"  # why an entry is no plain award
MOST_LISTED = 30
TRIES = 10  # references that name nothing, of one administrator in ten minutes
TRIES_SECONDS = 600


@dataclass(frozen=True)
class FoundLine:
    """A line as the desk shows it: nothing in it says whose it is.

    ``amount`` is what it counts by now, ``most`` what the limits of its version leave room for.
    ``team`` is None where it counts for no team; ``is_own`` where the viewer may not touch it.
    """

    reference: str
    activity: str
    quantity: int
    day: date
    first_amount: int
    amount: int
    most: int
    rule_version: int
    team: str | None
    is_own: bool
    is_too_old: bool


@dataclass(frozen=True)
class HandCorrection:
    """A correction as the list shows it: not whose. ``key`` names the place in the list."""

    key: int
    at: datetime
    author: str
    activity: str
    quantity: int
    before: int
    after: int
    note: str


@dataclass(frozen=True)
class _Owner:
    """Whose line it is, read off the beneficiary: a person, or a team as a whole."""

    person_id: int | None
    unit_id: int | None


def find_line(viewer: Viewer, reference: str) -> FoundLine:
    """Return the line that a reference names.

    Raises Refusal for whoever may not correct points, after too many references that name nothing,
    and LookupError for a reference that is unknown, mistyped or another company's: it is not said
    which.
    """
    _check_right(viewer)
    tries = store().key("points", "tries", viewer.id)
    if int(store().client.get(tries) or 0) >= TRIES:
        raise Refusal(_("Too many tries. Please wait ten minutes."), status=429, field="reference")
    try:
        return _found(viewer, _first_of(viewer, reference))
    except LookupError:
        store().client.incr(tries)
        store().client.expire(tries, TRIES_SECONDS)
        raise


def _found(viewer: Viewer, first: Entry) -> FoundLine:
    amount = first.amount + sum(entry.amount for entry in _corrections_of(first))
    team = org.get_units([first.unit_id]).get(first.unit_id) if first.unit_id else None
    return FoundLine(
        reference=reference_of(first.id),
        activity=first.activity,
        quantity=first.quantity,
        day=first.day,
        first_amount=first.amount,
        amount=amount,
        most=_most(viewer, first, amount),
        rule_version=first.rule_version,
        team=team.name if team else None,
        is_own=_is_own(viewer, first),
        is_too_old=_is_too_old(viewer, first),
    )


def _first_of(viewer: Viewer, reference: str) -> Entry:
    """Return the entry a reference leads to, of a correction the one it corrects."""
    entry = db.session.get(Entry, entry_id_of(reference) or 0)
    if entry is not None and entry.corrects_id is not None:
        entry = db.session.get(Entry, entry.corrects_id)
    if entry is None or organisation_of(_fact_of(entry)) != viewer.organisation_id:
        raise LookupError("no line has this reference")
    return entry


def _owner_of(entry: Entry) -> _Owner:
    kind, _colon, number = entry.beneficiary.partition(":")
    return _Owner(int(number), None) if kind == "u" else _Owner(None, int(number))


def _corrections_of(first: Entry) -> Sequence[Entry]:
    # By the beneficiary, which has an index; a correction is always of the same one.
    return db.session.scalars(
        select(Entry).where(Entry.beneficiary == first.beneficiary, Entry.corrects_id == first.id)
    ).all()


def _fact_of(first: Entry) -> Rewardable:
    """Return the fact that a line was written for, as the ledger's lock and sums want it."""
    owner = _owner_of(first)
    return Rewardable(
        user_id=owner.person_id,
        activity=first.activity,
        source=first.source,
        quantity=first.quantity,
        occurred_on=first.day,
        unit_id=first.unit_id if owner.unit_id is None else owner.unit_id,
    )


def _most(viewer: Viewer, first: Entry, amount: int) -> int:
    """Return how much a line may count: what its rules leave beside all other lines.

    Who takes part without points gets none by hand either.
    """
    account = account_of(_fact_of(first), [first.day], ())
    if account.consent != "granted":
        return max(0, amount)
    others = account.earned(first.activity, first.day).without(amount)
    return rules.room_of(_rules_of(viewer, first), first.activity, others)


def _rules_of(viewer: Viewer, first: Entry) -> rules.RuleSet:
    versions = {known.version: known for known in rule_sets(viewer.organisation_id)}
    return versions.get(first.rule_version) or rules_on(viewer.organisation_id, first.day)


def _is_own(viewer: Viewer, first: Entry) -> bool:
    """Tell whether the viewer profits from a line: their own, or one their team earned."""
    owner = _owner_of(first)
    if owner.unit_id is None:
        return owner.person_id == viewer.id
    on_days = (first.day, _today_of(viewer))
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(
                Membership.person_id == viewer.id,
                Membership.unit_id == owner.unit_id,
                Membership.starts_on <= max(on_days),
                or_(Membership.ends_on.is_(None), Membership.ends_on > min(on_days)),
            )
        )
    )


def _is_too_old(viewer: Viewer, first: Entry) -> bool:
    return _today_of(viewer) - first.day > timedelta(days=rules.CORRECTABLE_DAYS)


def _today_of(viewer: Viewer) -> date:
    return learning_day(clock.now(), viewer.time_zone)


@atomic
def correct_by_hand(viewer: Viewer, reference: str, *, amount: int, note: str) -> int:
    """Write the entry after which a line counts ``amount``; return the difference.

    ``note`` is the reason, which its owner reads. Raises LookupError when no line of the company
    has the reference; Refusal for whoever may not correct points, for a line of one's own or of
    one's own team, a reason that is too short, an amount that the rules do not allow, and when
    there is nothing to correct.
    """
    _check_right(viewer)
    first = _first_of(viewer, reference)
    lock_ledger(_fact_of(first))
    earlier = _corrections_of(first)
    now = first.amount + sum(entry.amount for entry in earlier)
    reason = note.strip()
    _check(viewer, first, now=now, amount=amount, note=reason)
    entry = _correction(first, len(earlier) + 1, amount - now)
    entry.author_id, entry.note = viewer.id, reason
    db.session.add(entry)
    db.session.flush()
    about = f"points_entry:{entry.id}"
    audit.record(CORRECTED, about, actor_id=viewer.id, before=now, after=amount)
    if first.unit_id is not None:
        announce(EntryWritten(unit_id=first.unit_id, day=first.day))
    return entry.amount


def _correction(first: Entry, number: int, amount: int) -> Entry:
    """Return the entry that adds ``amount`` to a line; how often a thing was done stays."""
    return Entry(
        beneficiary=first.beneficiary,
        unit_id=first.unit_id,
        day=first.day,
        activity=first.activity,
        quantity=0,
        amount=amount,
        reason=BY_HAND,
        rule_version=first.rule_version,
        source=f"correction:{first.id}:{number}",  # numbered along with those of regrading
        corrects_id=first.id,
    )


def _check_right(viewer: Viewer) -> None:
    if not viewer.may(Permission.MANAGE_RECOGNITION):
        raise Refusal(_("Only administrators correct points."), status=403)


def _check(viewer: Viewer, first: Entry, *, now: int, amount: int, note: str) -> None:
    """Raise Refusal for the first thing that stands against a correction."""
    if _is_own(viewer, first):
        raise Refusal(_("This line is your own or your team's. Please ask a colleague."))
    if _is_too_old(viewer, first):
        raise Refusal(_("This line is more than 13 weeks old and stays as it is."))
    if not rules.NOTE_MIN <= len(note) <= rules.NOTE_MAX:
        raise Refusal(
            _("Please give the reason in 3 to 200 characters; the person reads it."),
            field="note",
            status=422,
        )
    if amount == now:
        raise Refusal(
            _("The line counts this much already; there is nothing to correct."),
            field="amount",
            status=422,
        )
    most = _most(viewer, first, now)
    if not 0 <= amount <= max(most, now):
        raise Refusal(
            _("The rules allow this line 0 to %(most)s points.", most=most),
            field="amount",
            status=422,
        )


def list_by_hand(
    viewer: Viewer, *, limit: int = MOST_LISTED, before: int | None = None
) -> list[HandCorrection]:
    """Return the corrections made by hand in the company, the newest first; whose is not in them.

    ``before`` is the key of the last one seen. The log of acts is the list: it has the index.
    """
    _check_right(viewer)
    statement = (
        select(AuditRow, Person.name)
        .join(Person, Person.id == AuditRow.actor_id)
        .where(AuditRow.action == CORRECTED, Person.organisation_id == viewer.organisation_id)
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(limit)
    )
    last = db.session.get(AuditRow, before) if before else None
    if last is not None:
        statement = statement.where(tuple_(AuditRow.at, AuditRow.id) < (last.at, last.id))
    rows = db.session.execute(statement).all()
    ids = [int(row.object.rpartition(":")[2]) for row, _name in rows]
    first = aliased(Entry)
    entries = db.session.execute(
        select(Entry.id, Entry.activity, Entry.note, first.quantity)
        .join(first, first.id == Entry.corrects_id)
        .where(Entry.id.in_(ids))
    )
    known = {entry.id: entry for entry in entries}
    return [
        _listed(row, name, known[entry_id])
        for (row, name), entry_id in zip(rows, ids, strict=True)
        if entry_id in known
    ]


def _listed(row: AuditRow, author: str, entry: Any) -> HandCorrection:
    facts = json.loads(row.facts)
    return HandCorrection(
        key=row.id,
        at=row.at,
        author=author,
        activity=entry.activity,
        quantity=entry.quantity,
        before=facts["before"],
        after=facts["after"],
        note=entry.note or "",
    )
