"""What a pool yields, before anybody draws: for the desk where blueprints are written.

Rules that want the same items are counted against each other. Strata that the same rules can draw
are one supply; the places of the rules are the demand; what can be met is a maximum flow from one
to the other.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from question_bank.assembly.blueprint import DIFFICULTIES, Blueprint, Rule
from question_bank.assembly.drawing import Slot, slots_of
from question_bank.assembly.pool import Pool


@dataclass(frozen=True, slots=True)
class RuleOutlook:
    """What a rule gets; section and rule count from 0.

    `available` are the items of its topics and kinds, by difficulty in `by_difficulty`. `missing`
    are the places that stay empty even if every rule gives way as far as it can; `rivals` are the
    rules, as (section, rule), that want the items it lacks. `other_kinds` are kinds it does not ask
    for, with how many items of them nobody wants, most first. `repeats_of_last` items at least have
    to come from the last form.
    """

    section: int
    rule_index: int
    wanted: int
    available: int
    missing: int
    by_difficulty: tuple[tuple[str, int], ...]
    other_kinds: tuple[tuple[str, int], ...]
    repeats_of_last: int
    rivals: tuple[tuple[int, int], ...] = ()


Users = tuple[int, ...]  # the numbers of the slots that can use a supply
Ways = dict[int, tuple[int, Users] | None]  # from a slot to the one that takes over from it


class _Flow:
    """A maximum flow from supplies to slots, filled in the order of the slots."""

    def __init__(self, slots: list[Slot], supplies: Counter[Users], times: int = 1) -> None:
        self.slots = slots
        self.needs = [slot.count * times for slot in slots]
        self._supplies = supplies.copy()
        self._given: list[Counter[Users]] = [Counter() for _ in slots]
        for number in range(len(slots)):
            while self.needs[number] and self._push(number):
                pass

    def _push(self, wanting: int) -> bool:
        """Get the slot some items, along a shortest way; tell whether there was one."""
        ways = self.reach([wanting])
        for slot in ways:
            for users, left in self._supplies.items():
                if left and slot in users:
                    self._carry(users, slot, ways, self._width(left, slot, ways, wanting))
                    return True
        return False

    def reach(self, wanting: list[int]) -> Ways:
        """Return the slots whose items could go to the wanting ones, each with its heir."""
        ways: Ways = dict.fromkeys(wanting)
        queue = list(wanting)
        for slot in queue:
            for other, given in enumerate(self._given):
                users = next((u for u, n in given.items() if n and slot in u), None)
                if other not in ways and users is not None:
                    ways[other] = (slot, users)
                    queue.append(other)
        return ways

    def _width(
        self,
        left: int,
        slot: int,
        ways: Ways,
        wanting: int,
    ) -> int:
        width, step = min(left, self.needs[wanting]), ways[slot]
        while step is not None:
            width = min(width, self._given[slot][step[1]])
            slot, step = step[0], ways[step[0]]
        return width

    def _carry(
        self,
        users: Users,
        slot: int,
        ways: Ways,
        width: int,
    ) -> None:
        self._supplies[users] -= width
        step = ways[slot]
        while step is not None:
            heir, passed_on = step
            self._given[slot][users] += width
            self._given[slot][passed_on] -= width
            users, slot, step = passed_on, heir, ways[heir]
        self._given[slot][users] += width
        self.needs[slot] -= width

    def left(self, stratum: int) -> int:
        """Return how many items nobody wants among those that the users of a stratum share."""
        return self._supplies[_users(stratum, self.slots)]


def _users(stratum: int, slots: list[Slot]) -> Users:
    return tuple(n for n, slot in enumerate(slots) if stratum in slot.selection.strata)


def _supplies(slots: list[Slot], pool: Pool, without: Collection[int] = ()) -> Counter[Users]:
    supplies: Counter[Users] = Counter()
    for stratum in range(len(pool.strata)):
        supplies[_users(stratum, slots)] += pool.size(stratum)
    for place in {pool.find(uid) for uid in without}:
        if place is not None:
            supplies[_users(pool.stratum(place), slots)] -= 1
    return supplies


def outlook(
    blueprint: Blueprint, pool: Pool, *, last_form: Collection[int] = ()
) -> tuple[RuleOutlook, ...]:
    """Return what the pool yields for each rule, in the order of the blueprint.

    `last_form` are the uids of the form before this one.
    """
    slots = slots_of(blueprint, pool)
    flow = _Flow(slots, _supplies(slots, pool))
    missing = _missing(flow)
    missing_without = _missing(_Flow(slots, _supplies(slots, pool, last_form)))
    return tuple(
        RuleOutlook(
            section=number,
            rule_index=row,
            wanted=rule.count,
            available=pool.count(rule),
            missing=missing[number, row],
            by_difficulty=tuple(
                (one, pool.select(rule.topics, rule.kinds, one).size) for one in DIFFICULTIES
            ),
            other_kinds=_other_kinds(rule, (number, row), flow, pool),
            repeats_of_last=max(0, missing_without[number, row] - missing[number, row]),
            rivals=_rivals((number, row), flow),
        )
        for number, section in enumerate(blueprint.sections)
        for row, rule in enumerate(section.rules)
    )


def _missing(flow: _Flow) -> Counter[tuple[int, int]]:
    missing: Counter[tuple[int, int]] = Counter()
    for slot, need in zip(flow.slots, flow.needs, strict=True):
        missing[slot.section, slot.rule] += need
    return missing


def _rivals(own: tuple[int, int], flow: _Flow) -> tuple[tuple[int, int], ...]:
    """Return the other rules between which and this one a shortage could be moved."""
    found: set[tuple[int, int]] = set()
    for number, need in enumerate(flow.needs):
        if need:
            circle = {(flow.slots[n].section, flow.slots[n].rule) for n in flow.reach([number])}
            found |= circle if own in circle else set()
    return tuple(sorted(found - {own}))


def _other_kinds(
    rule: Rule, own: tuple[int, int], flow: _Flow, pool: Pool
) -> tuple[tuple[str, int], ...]:
    """Return the kinds that could fill the empty places of a rule, or any of its places."""
    if not rule.kinds:
        return ()
    slots = [n for n, slot in enumerate(flow.slots) if (slot.section, slot.rule) == own]
    lacking = [n for n in slots if flow.needs[n]] or slots
    rows = [places[0] for places in rule.places()]
    wanted = {rows[slots.index(n)] for n in lacking}
    free: Counter[str] = Counter()
    open_rule = replace(rule, kinds=frozenset())
    for number in pool.select(open_rule.topics, frozenset()).strata:
        stratum = pool.strata[number]
        if stratum.kind not in rule.kinds and (None in wanted or stratum.difficulty in wanted):
            free[stratum.kind] += min(pool.size(number), flow.left(number))
    return tuple(sorted(((k, n) for k, n in free.items() if n), key=lambda kn: (-kn[1], kn[0])))


def distinct_forms(blueprint: Blueprint, pool: Pool) -> int:
    """Return how many forms without a common item the pool yields at the same time.

    They share the rules and the pool's mean facility: dealt out evenly they are equally difficult.
    """
    slots = slots_of(blueprint, pool)
    supplies = _supplies(slots, pool)
    least, most = 0, len(pool) // blueprint.count
    while least < most:
        half = (least + most + 1) // 2
        if any(_Flow(slots, supplies, half).needs):
            most = half - 1
        else:
            least = half
    return least
