"""One's own ledger, line by line: what was earned, what was corrected, what is still unread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic, db
from quizapp.org.rules import learning_day

from .. import rules
from ..models import Entry
from .awarding import person_key
from .references import reference_of

READ = "points.correction_read"  # the act in the log: its owner has read a correction
# A correction is told for as long again as a line may be corrected, unless it was read before.
TOLD_DAYS = 2 * rules.CORRECTABLE_DAYS


@dataclass(frozen=True)
class Correction:
    """What a correction added or took; ``note`` is its reason, None when a key was corrected."""

    id: int
    amount: int
    at: datetime
    reason: str | None
    note: str | None


@dataclass(frozen=True)
class Line:
    """A line of one's own ledger with its corrections; ``total`` is what it counts by now."""

    id: int
    reference: str
    activity: str
    quantity: int
    amount: int
    reason: str | None
    day: date
    at: datetime
    corrections: tuple[Correction, ...]

    @property
    def total(self) -> int:
        """Return what the line counts with its corrections."""
        return self.amount + sum(one.amount for one in self.corrections)


@dataclass(frozen=True)
class Notice:
    """A correction by hand that its owner has not read yet."""

    id: int
    activity: str
    quantity: int
    day: date
    amount: int
    note: str


def list_lines(
    viewer: Viewer,
    *,
    limit: int,
    before_id: int | None = None,
    activity: str | None = None,
    days: tuple[date, date] | None = None,
) -> list[Line]:
    """Return the viewer's own newest lines, each with its corrections.

    ``before_id`` is the last line seen; ``activity`` and ``days`` (first and last) leave out all
    others.
    """
    statement = select(Entry).where(
        Entry.beneficiary == person_key(viewer.id), Entry.corrects_id.is_(None)
    )
    if before_id is not None:
        statement = statement.where(Entry.id < before_id)
    if activity is not None:
        statement = statement.where(Entry.activity == activity)
    if days is not None:
        statement = statement.where(Entry.day.between(*days))
    found = db.session.scalars(statement.order_by(Entry.id.desc()).limit(limit)).all()
    corrections = _corrections(viewer, [entry.id for entry in found])
    return [_line(entry, corrections[entry.id]) for entry in found]


def _corrections(viewer: Viewer, ids: Collection[int]) -> dict[int, list[Correction]]:
    """Return the corrections of the viewer's lines, in their order."""
    found: dict[int, list[Correction]] = defaultdict(list)
    if not ids:
        return found
    rows = db.session.scalars(
        select(Entry)
        .where(Entry.beneficiary == person_key(viewer.id), Entry.corrects_id.in_(list(ids)))
        .order_by(Entry.id)
    )
    for row in rows:
        found[row.corrects_id or 0].append(
            Correction(row.id, row.amount, row.created_at, row.reason, row.note)
        )
    return found


def _line(entry: Entry, corrections: Sequence[Correction]) -> Line:
    return Line(
        id=entry.id,
        reference=reference_of(entry.id),
        activity=entry.activity,
        quantity=entry.quantity,
        amount=entry.amount,
        reason=entry.reason,
        day=entry.day,
        at=entry.created_at,
        corrections=tuple(corrections),
    )


def first_day_of(viewer: Viewer) -> date | None:
    """Return the learning day of the viewer's oldest line, or None without any."""
    return db.session.scalar(
        select(func.min(Entry.day)).where(Entry.beneficiary == person_key(viewer.id))
    )


def list_notices(viewer: Viewer) -> list[Notice]:
    """Return the corrections by hand that the viewer has not read yet, oldest first."""
    since = learning_day(clock.now(), viewer.time_zone) - timedelta(days=TOLD_DAYS)
    entries = db.session.scalars(
        select(Entry)
        .where(
            Entry.beneficiary == person_key(viewer.id),
            Entry.day >= since,
            Entry.author_id.is_not(None),
        )
        .order_by(Entry.id)
    ).all()
    read = _read_by(viewer) if entries else set()
    unread = [entry for entry in entries if _name(entry.id) not in read]
    firsts = {entry.corrects_id for entry in unread}
    known = select(Entry.id, Entry.quantity).where(Entry.id.in_(firsts))
    quantities = {row.id: row.quantity for row in db.session.execute(known)} if unread else {}
    return [
        Notice(
            id=entry.id,
            activity=entry.activity,
            quantity=quantities[entry.corrects_id or 0],
            day=entry.day,
            amount=entry.amount,
            note=entry.note or "",
        )
        for entry in unread
    ]


def _name(entry_id: int) -> str:
    return f"points_entry:{entry_id}"


def _read_by(viewer: Viewer) -> set[str]:
    """Return the names of the corrections that the viewer has read."""
    rows = select(AuditRow.object).where(AuditRow.actor_id == viewer.id, AuditRow.action == READ)
    return set(db.session.scalars(rows))


@atomic
def see_corrections(viewer: Viewer, up_to: int) -> None:
    """Note in the log that the viewer has read what was corrected by hand, until entry ``up_to``.

    Entries are never changed, so this cannot stand with them.
    """
    for notice in list_notices(viewer):
        if notice.id <= up_to:
            audit.record(READ, _name(notice.id), actor_id=viewer.id)
