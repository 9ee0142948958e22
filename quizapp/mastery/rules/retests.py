"""The sums of cold re-tests, and of which units a mean may be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .memory import GLANCED, WRONG, Meeting, place_of

LEAST_PEOPLE = 20  # of whom a mean is told
CLOSING_DAYS = 3


@dataclass(frozen=True)
class Sums:
    """How cold re-tests went: how many people, how many answers, how many right ones."""

    people: int
    answered: int
    correct: int

    def plus(self, more: Sums) -> Sums:
        """Return both together."""
        return Sums(
            self.people + more.people, self.answered + more.answered, self.correct + more.correct
        )

    def minus(self, less: Sums) -> Sums:
        """Return what is left without ``less``."""
        return self.plus(Sums(-less.people, -less.answered, -less.correct))


NOTHING = Sums(0, 0, 0)


def month_of(day: date) -> date:
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def retest_sums(meetings: Iterable[Meeting]) -> dict[tuple[int, date], Sums]:
    """Return what one person's re-tests add, by team and month.

    A person counts in one team a month, the first they were asked in, so that teams have nobody
    in common. Glances and people without a team do not count.
    """
    months: dict[date, list[Meeting]] = {}
    for meeting in sorted(meetings, key=place_of):
        if meeting.retest_unit and meeting.rating != GLANCED:
            months.setdefault(month_of(meeting.day), []).append(meeting)
    return {
        (asked[0].retest_unit or 0, month): Sums(
            1, len(asked), sum(meeting.rating != WRONG for meeting in asked)
        )
        for month, asked in months.items()
    }


def closed_months(today: date, number: int) -> list[date]:
    """Return the first days of the last ``number`` months that are closed, the oldest first.

    A set takes answers for two days after its own, so a month is closed on its fourth day after.
    """
    month = month_of(today)
    if today.day <= CLOSING_DAYS:
        month = month_of(month - timedelta(days=1))
    found = []
    for _number in range(number):
        month = month_of(month - timedelta(days=1))
        found.append(month)
    return found[::-1]


def whole_sums(parents: Mapping[int, int | None], own: Mapping[int, Sums]) -> dict[int, Sums]:
    """Return the sums of every unit with all below it, of those where somebody was asked.

    ``parents`` names the unit above each; what is not in it counts nowhere.
    """
    found: dict[int, Sums] = {}
    for unit_id, sums in own.items():
        above: int | None = unit_id
        while above is not None and above in parents:
            found[above] = found.get(above, NOTHING).plus(sums)
            above = parents[above]
    return found


def may_be_shown(
    parents: Mapping[int, int | None], people: Mapping[int, int], least: int = LEAST_PEOPLE
) -> set[int]:
    """Return the units whose mean may be shown; ``people`` counts each with all below it.

    A unit is shown from ``least`` people on, and only where taking away the units that are shown
    below it leaves nobody or as many again: else a subtraction would tell of a few. So that the
    whole keeps its mean, the smallest units below it give up theirs.
    """
    children: dict[int | None, list[int]] = {}
    for unit_id in people:
        children.setdefault(parents.get(unit_id), []).append(unit_id)
    shown: set[int] = set()
    for unit_id in _deepest_first(parents, people):
        if people[unit_id] < least:
            continue
        while not _is_safe(people[unit_id] - _told(unit_id, children, shown, people), least):
            shown.remove(min(_outermost(unit_id, children, shown), key=lambda u: (people[u], u)))
        shown.add(unit_id)
    return shown


def _is_safe(rest: int, least: int) -> bool:
    return rest == 0 or rest >= least


def _deepest_first(parents: Mapping[int, int | None], people: Mapping[int, int]) -> list[int]:
    def depth(unit_id: int) -> int:
        above, number = parents.get(unit_id), 0
        while above is not None:
            above, number = parents.get(above), number + 1
        return number

    return sorted(people, key=lambda unit_id: (-depth(unit_id), unit_id))


def _outermost(
    unit_id: int, children: Mapping[int | None, list[int]], shown: set[int]
) -> Iterator[int]:
    """Yield the units below one that are shown and have none above them that is, up to it."""
    for child in children.get(unit_id, ()):
        if child in shown:
            yield child
        else:
            yield from _outermost(child, children, shown)


def _told(
    unit_id: int,
    children: Mapping[int | None, list[int]],
    shown: set[int],
    people: Mapping[int, int],
) -> int:
    return sum(people[below] for below in _outermost(unit_id, children, shown))
