"""What becomes of a person's memberships, as a pure function of days.

History stays: points were earned in the unit of their day. A roster adds what comes next, ends
what held before, and never rewrites what lies behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RECORDED_STAYS, FROM_TODAY, LATER_MOVE, NO_DAYS = (
    "recorded_stays",
    "from_today",
    "later_move",
    "no_days",
)


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a unit, from ``starts`` until before ``ends`` (None: open).

    ``id`` is None as long as it is not stored.
    """

    unit: int
    starts: date
    ends: date | None
    id: int | None = None

    def covers(self, day: date) -> bool:
        """Tell whether ``day`` is one of these days."""
        return self.starts <= day and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A membership as a file states it; ``since`` None: from now on, ``ends`` None: open."""

    unit: int
    since: date | None
    ends: date | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What to write. ``cuts`` are stored memberships with another end, ``removes`` lose every day.

    ``notes`` says, by the place of the wanted membership, what was not done as it was wanted.
    """

    adds: tuple[Span, ...] = ()
    cuts: tuple[tuple[Span, date], ...] = ()
    removes: tuple[Span, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.adds or self.cuts or self.removes)

    def touched(self) -> dict[int, date]:
        """Return the units whose members change, with the first day on which they do."""
        first: dict[int, date] = {}
        for span in (*self.adds, *self.removes):
            first[span.unit] = min(span.starts, first.get(span.unit, span.starts))
        for span, ends in self.cuts:
            day = min(ends, span.ends or ends)
            first[span.unit] = min(day, first.get(span.unit, day))
        return first


UNSETTLED = Settled()


def settle(recorded: Sequence[Span], wanted: Sequence[Wanted], today: date) -> Settled:
    """Return how ``recorded`` memberships become the ``wanted`` ones.

    Both in the order of their days and without overlaps. Of several wanted ones the last is what
    holds from now on; the others are history and are only added where none is recorded.
    """
    days = list(recorded)
    notes: list[tuple[int, str]] = []
    for place, one in enumerate(wanted):
        is_last = place == len(wanted) - 1
        note = _settle_one(days, one, today, is_last=is_last)
        if note:
            notes.append((place, note))
    return _difference(recorded, days, notes)


def end_all(recorded: Sequence[Span], leaves_on: date) -> Settled:
    """Return how every membership ends before ``leaves_on``; later ones lose their days."""
    kept = [_ending(span, leaves_on) for span in recorded if span.starts < leaves_on]
    return _difference(recorded, kept, [])


def _ending(span: Span, ends: date) -> Span:
    """Return ``span`` ending no later than before ``ends``."""
    if span.ends is not None and span.ends <= ends:
        return span
    return Span(span.unit, span.starts, ends, span.id)


def _settle_one(days: list[Span], one: Wanted, today: date, *, is_last: bool) -> str | None:
    """Bring one wanted membership into ``days``; return what could not be done, or None."""
    is_past = one.ends is not None and one.ends <= today
    if one.since is None and is_past and not days:
        return NO_DAYS
    first = one.since or today
    pivot = first
    if is_last:
        # A first day is often the day of hiring, long before the membership that is recorded.
        pivot = one.ends - timedelta(days=1) if one.ends and is_past else max(first, today)
    held = next((span for span in days if span.covers(pivot)), None)
    if held and held.unit == one.unit:
        return _end_as_wanted(days, held, one.ends)
    if not days:
        days.append(Span(one.unit, first, one.ends))
        return None
    if is_past or not is_last:
        return _append_history(days, one, today)
    return _move(days, one, today)


def _end_as_wanted(days: list[Span], held: Span, ends: date | None) -> str | None:
    """Give the membership in force the end that the file states; a blank end says nothing."""
    if ends is None or ends == held.ends:
        return None
    if held is not days[-1]:
        return RECORDED_STAYS
    days[-1] = Span(held.unit, held.starts, ends, held.id)
    return None


def _earliest(last: Span, today: date) -> date:
    """Return the first day on which something may follow ``last`` without rewriting history."""
    if last.ends is not None and last.ends <= today:
        return last.ends
    return last.starts + timedelta(days=1)


def _append(days: list[Span], unit: int, starts: date, ends: date | None) -> None:
    days[-1] = _ending(days[-1], starts)
    days.append(Span(unit, starts, ends))


def _append_history(days: list[Span], one: Wanted, today: date) -> str | None:
    if one.since is None or one.since < _earliest(days[-1], today):
        return RECORDED_STAYS
    _append(days, one.unit, one.since, one.ends)
    return None


def _move(days: list[Span], one: Wanted, today: date) -> str | None:
    """Make the wanted unit the one that holds from its day on, or from today."""
    last, starts, note = days[-1], one.since or today, None
    if starts < _earliest(last, today):
        if last.starts > today and starts != last.starts:
            return LATER_MOVE
        if last.starts < today or starts < last.starts:
            starts, note = today, FROM_TODAY if one.since else None
    if one.ends is not None and one.ends <= starts:
        return NO_DAYS
    if last.starts == starts:
        days.pop()  # the day has not passed yet: this one corrects it
        days.append(Span(one.unit, starts, one.ends))
    else:
        _append(days, one.unit, starts, one.ends)
    return note


def _difference(
    recorded: Sequence[Span], days: Sequence[Span], notes: Sequence[tuple[int, str]]
) -> Settled:
    kept = {span.id: span for span in days}
    cuts = []
    for span in recorded:
        now = kept.get(span.id)
        if now is not None and now.ends is not None and now.ends != span.ends:
            cuts.append((span, now.ends))
    return Settled(
        adds=tuple(span for span in days if span.id is None),
        cuts=tuple(cuts),
        removes=tuple(span for span in recorded if span.id not in kept),
        notes=tuple(notes),
    )
