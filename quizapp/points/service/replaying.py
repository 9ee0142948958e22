"""Acts of a week paid by any rules: the limits of the ledger without the ledger.

Pure functions. Limits look at one person's day and week only, so a week is all that is held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from .. import rules
from ..rules import Earned, RuleSet

EARNED_BY_LIMITS = (None, "cap", "none")  # why an entry is what it is; other reasons forbid points
NO_LIMIT = 10**6


class Line(NamedTuple):
    """An entry of the ledger, as far as rules decide about it.

    ``by_hand``: somebody corrected it; rules do not change it.
    """

    id: int
    beneficiary: str
    unit_id: int
    day: date
    activity: str
    quantity: int
    amount: int
    reason: str | None
    by_hand: bool = False


class Week:
    """What somebody has by some rules in a week, act by act."""

    def __init__(self, in_force: RuleSet) -> None:
        """Begin a week in which nothing was earned."""
        self.rules = in_force
        self.activity_days: Counter[tuple[str, date]] = Counter()
        self.activities: Counter[str] = Counter()
        self.days: Counter[date] = Counter()
        self.all = 0

    def pay(self, activity: str, day: date, quantity: int, *, note: str = "") -> int:
        """Return what an act earns, and count it; ``note`` forbids points as on the ledger."""
        earned = Earned(
            self.activity_days[activity, day], self.activities[activity], self.days[day], self.all
        )
        amount = rules.grant(self.rules, activity, quantity, earned, note=note)[0]
        self.count(activity, day, amount)
        return amount

    def count(self, activity: str, day: date, amount: int) -> None:
        """Count an amount that no rule decides."""
        self.activity_days[activity, day] += amount
        self.activities[activity] += amount
        self.days[day] += amount
        self.all += amount


def replay(week: Iterable[Line], in_force: RuleSet) -> list[int]:
    """Return what the entries of one person's week would be by other rules, in their order."""
    paid = Week(in_force)
    amounts = []
    for line in week:
        if line.by_hand:
            paid.count(line.activity, line.day, line.amount)
            amounts.append(line.amount)
        else:
            note = "" if line.reason in EARNED_BY_LIMITS else str(line.reason)
            amounts.append(paid.pay(line.activity, line.day, line.quantity, note=note))
    return amounts


def weeks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the entries of one person and week after the other, each in the order of writing.

    ``lines`` come by beneficiary and day; no more than one week is held.
    """
    held: list[Line] = []
    key: tuple[str, date] | None = None
    for line in lines:
        mine = (line.beneficiary, line.day - timedelta(days=line.day.weekday()))
        if mine != key and held:
            yield sorted(held, key=lambda one: one.id)
            held = []
        key = mine
        held.append(line)
    if held:
        yield sorted(held, key=lambda one: one.id)


@dataclass(frozen=True)
class Tried:
    """What somebody tries out: ``gained`` before the limits of its activity, ``counted`` after."""

    key: str
    gained: int
    counted: int


@dataclass(frozen=True)
class Trial:
    """A week tried out: its acts, their sum, and what of it the overall limits leave."""

    acts: tuple[Tried, ...]
    gained: int
    counted: int


def try_week(
    in_force: RuleSet, done: Mapping[str, int], acts: Mapping[str, Mapping[str, int]]
) -> Trial:
    """Return what a week earns in which each key of ``acts`` was ``done`` so many times.

    An act is activity > quantity of one time. Times fall on one day after the other, from Monday
    for the first act, from Tuesday for the second: nobody does everything on one day.
    """
    monday = in_force.since - timedelta(days=in_force.since.weekday())
    free = replace(in_force, day_limit=NO_LIMIT, week_limit=NO_LIMIT)
    alone, together = Week(free), Week(in_force)
    counted: Counter[str] = Counter()
    happened = [
        ((start + n) % 7, key) for start, key in enumerate(acts) for n in range(done.get(key, 0))
    ]
    total = 0
    for place, key in sorted(happened, key=lambda pair: pair[0]):
        for activity, quantity in acts[key].items():
            day = monday + timedelta(days=place)
            counted[key] += alone.pay(activity, day, quantity)
            total += together.pay(activity, day, quantity)
    tried = tuple(
        Tried(key, done.get(key, 0) * _worth(in_force, act), counted[key])
        for key, act in acts.items()
    )
    return Trial(tried, sum(counted.values()), total)


def _worth(in_force: RuleSet, act: Mapping[str, int]) -> int:
    listed = {rule.activity: rule.points for rule in in_force.rules}
    return sum(listed.get(activity, 0) * quantity for activity, quantity in act.items())


def effect_on_team(points: int, members: int) -> int | None:
    """Return by how much ``points`` of one person raise the score of a team; None below five.

    As in ``rules.shrunken_mean``, with the mean of the bracket as it is.
    """
    bracket = rules.bracket_of(members)
    if bracket is None:
        return None
    return int(Fraction(10 * points, members + rules.SHRINKAGE[bracket]) + Fraction(1, 2))
