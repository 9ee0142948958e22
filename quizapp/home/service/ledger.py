"""One's own ledger: every line with its reason, its corrections and its reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.org import rules as days
from quizapp.points import rules as point_rules
from quizapp.points import service as points

from ..wording import deed_label, entry_reason

LEDGER_PAGE = 30
MONTHS = 24  # to choose from; older lines are reached page by page


@dataclass(frozen=True)
class Change:
    """A correction of a line; ``note`` is the reason of one by hand, None for a corrected key."""

    amount: int
    at: datetime
    note: str | None


@dataclass(frozen=True)
class Shown:
    """A line, already worded; ``day`` where it was written on another one."""

    label: str
    at: datetime
    day: date | None
    amount: int
    total: int
    reason: str | None
    reference: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Room:
    """What a day or a week holds so far, and what its limit leaves."""

    points: int
    limit: int

    @property
    def left(self) -> int:
        """Return how many more points the limit leaves."""
        return max(0, self.limit - self.points)


@dataclass(frozen=True)
class LedgerPage:
    """A page of one's own ledger; ``older_than`` names the next one, or is None.

    ``activity`` and ``month`` are what is chosen, empty for all of them.
    """

    entries: list[Shown]
    older_than: int | None
    day: Room
    week: Room
    activities: list[tuple[str, str]]
    months: list[tuple[str, date]]
    activity: str
    month: str
    is_quiet: bool


@dataclass(frozen=True)
class PointNotice:
    """A correction by hand that was not read yet, already worded."""

    id: int
    label: str
    day: date
    amount: int
    note: str


def get_ledger(
    viewer: Viewer, before_id: int | None = None, *, activity: str = "", month: str = ""
) -> LedgerPage:
    """Return a page of a person's own ledger, the newest lines first.

    ``month`` is ``2026-11``. An activity or a month that is not to be chosen counts as none.
    """
    today = days.learning_day(clock.now(), viewer.time_zone)
    months = _months(points.first_day_of(viewer), today)
    activities = [(key, deed_label(key)) for key in point_rules.ACTIVITIES if key != _OF_TEAMS]
    first = dict(months).get(month)
    is_known = activity in dict(activities)
    lines = points.list_lines(
        viewer,
        limit=LEDGER_PAGE + 1,
        before_id=before_id,
        activity=activity if is_known else None,
        days=(first, _next_month(first) - timedelta(days=1)) if first else None,
    )
    shown = lines[:LEDGER_PAGE]
    day, week = _rooms(viewer, today)
    return LedgerPage(
        entries=[_shown(line, viewer.time_zone) for line in shown],
        older_than=shown[-1].id if len(lines) > LEDGER_PAGE else None,
        day=day,
        week=week,
        activities=activities,
        months=months,
        activity=activity if is_known else "",
        month=month if first else "",
        is_quiet=viewer.consent != "granted",
    )


_OF_TEAMS = "preshift_answered"  # earned by teams as a whole: on nobody's own ledger


def _rooms(viewer: Viewer, today: date) -> tuple[Room, Room]:
    in_force = points.rules_on(viewer.organisation_id, today)
    monday, next_monday = days.week_of(today)
    return (
        Room(points.sum_of_person(viewer.id, today, today), in_force.day_limit),
        Room(
            points.sum_of_person(viewer.id, monday, next_monday - timedelta(days=1)),
            in_force.week_limit,
        ),
    )


def _months(first: date | None, today: date) -> list[tuple[str, date]]:
    """Return the months from the present one back to that of ``first``, the newest first."""
    found: list[tuple[str, date]] = []
    month = today.replace(day=1)
    while first and month >= first.replace(day=1) and len(found) < MONTHS:
        found.append((f"{month:%Y-%m}", month))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _shown(line: points.Line, zone: str) -> Shown:
    return Shown(
        label=deed_label(line.activity, line.quantity),
        at=line.at,
        day=None if days.learning_day(line.at, zone) == line.day else line.day,
        amount=line.amount,
        total=line.total,
        reason=entry_reason(line.reason, line.quantity),
        reference=line.reference,
        changes=tuple(Change(one.amount, one.at, one.note) for one in line.corrections),
    )


def list_point_notices(viewer: Viewer) -> list[PointNotice]:
    """Return what was corrected by hand of a person's points and they have not read yet."""
    return [
        PointNotice(
            id=one.id,
            label=deed_label(one.activity, one.quantity),
            day=one.day,
            amount=one.amount,
            note=one.note,
        )
        for one in points.list_notices(viewer)
    ]
