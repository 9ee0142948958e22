"""A draw under way: which item holds which place, and who could move to make room.

The places of a form and the items of the pool form a bipartite graph. A draw is a matching in it,
and a place that found nobody is filled along an augmenting path: another rule gives up an item it
shares and takes one of its own. So nothing is reported missing that could have been had.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from question_bank.assembly.blueprint import Blueprint
from question_bank.assembly.pool import Pool, Selection
from question_bank.items.hashing import seeded_number

TRIES = 48  # random numbers before everything is looked at
SMALL = 32  # so few are looked at at once


class Slot:
    """The places of one rule that ask for the same thing, and the items that hold them."""

    __slots__ = ("count", "fresh", "held", "rule", "section", "selection")

    def __init__(self, section: int, rule: int, count: int, selection: Selection) -> None:
        self.section = section
        self.rule = rule
        self.count = count
        self.selection = selection
        self.held: list[int] = []
        self.fresh: list[int] | None = None  # places of all unmet items, once they were counted

    @property
    def is_open(self) -> bool:
        """Tell whether a place is left."""
        return len(self.held) < self.count


def slots_of(blueprint: Blueprint, pool: Pool) -> list[Slot]:
    """Return the slots of a blueprint in its order."""
    return [
        Slot(number, row, count, pool.select(rule.topics, rule.kinds, difficulty))
        for number, section in enumerate(blueprint.sections)
        for row, rule in enumerate(section.rules)
        for difficulty, count in rule.places()
    ]


class Draw:
    """The state of one draw. `owners` maps each place of the pool that is used to its slot."""

    def __init__(
        self, slots: list[Slot], pool: Pool, seed: int | str, seen: Mapping[int, date]
    ) -> None:
        self.slots = slots
        self.pool = pool
        self.seed = seed
        self.seen = seen
        self.owners: dict[int, Slot] = {}
        self.themes: Counter[str] = Counter()
        # Repeatable, not unpredictable; random() alone is promised to stay the same for ever.
        self.random = random.Random(seeded_number("draw", seed)).random  # nosec B311

    def theme(self, place: int) -> str:
        """Return the theme of a place of the pool."""
        return self.pool.strata[self.pool.stratum(place)].theme

    def put(self, place: int, slot: Slot) -> None:
        """Let an item hold a place of the slot."""
        slot.held.append(place)
        self.owners[place] = slot
        self.themes[self.theme(place)] += 1

    def take_away(self, place: int) -> Slot:
        """Take an item out of the form and return the slot it held."""
        slot = self.owners.pop(place)
        slot.held.remove(place)
        self.themes[self.theme(place)] -= 1
        return slot

    def draw_fresh(self, slot: Slot, limit: int | None) -> int | None:
        """Return an item for the slot that the person never met: the less shown of two.

        `limit` is how many items of one theme there may be, None any number. None: there is none.
        """
        first = self._one(slot, limit)
        if first is None:
            return None
        second = self._one(slot, limit)
        if second is not None and self.pool.exposures[second] < self.pool.exposures[first]:
            return second
        return first

    def _one(self, slot: Slot, limit: int | None) -> int | None:
        """Draw by rejection, and look at every item only when that does not find one."""
        choice = slot.selection
        if slot.fresh is None:
            found = self._reject(choice.place, choice.size, limit)
            if found is not None:
                return found
            uids, seen = self.pool.uids, self.seen
            every = (choice.place(number) for number in range(choice.size))
            slot.fresh = [place for place in every if uids[place] not in seen]
        found = self._reject(slot.fresh.__getitem__, len(slot.fresh), limit)
        if found is not None:
            return found
        left = [place for place in slot.fresh if self.may_take(place, limit)]
        return left[int(self.random() * len(left))] if left else None

    def _reject(
        self, number_to_place: Callable[[int], int], size: int, limit: int | None
    ) -> int | None:
        """Try random items of `size` until one may be taken; a small number is looked through."""
        for _ in range(TRIES if size > SMALL else 0):
            place = number_to_place(int(self.random() * size))
            if self.may_take(place, limit) and self.pool.uids[place] not in self.seen:
                return place
        return None

    def may_take(self, place: int, limit: int | None) -> bool:
        """Tell whether an item is not in the form yet and its theme has not had its share."""
        return place not in self.owners and (
            limit is None or self.themes[self.theme(place)] < limit
        )

    def admit(self, place: int, ways: "Ways") -> bool:
        """Give an item a place if there is a way, moving others between slots if need be."""
        stratum = self.pool.stratum(place)
        for slot in ways:
            if stratum in slot.selection.strata:
                self.move_in(place, slot, ways)
                return True
        return False

    def ways(self) -> "Ways":
        """Return the slots at which one more item would fill an open place, the nearest first.

        Each comes with the slot that takes over one of its items and that item; None for a slot
        that is open itself.
        """
        ways: Ways = {slot: None for slot in self.slots if slot.is_open}
        queue = list(ways)
        for slot in queue:
            for other in self.slots:
                if other in ways:
                    continue
                for place in other.held:
                    if self.pool.stratum(place) in slot.selection.strata:
                        ways[other] = (slot, place)
                        queue.append(other)
                        break
        return ways

    def move_in(self, place: int, slot: Slot, ways: "Ways") -> None:
        """Put an item into a slot of `ways`, passing one item on until an open place is filled."""
        step = ways[slot]
        while step is not None:
            heir, passed_on = step
            self.take_away(passed_on)
            self.put(place, slot)
            place, slot, step = passed_on, heir, ways[heir]
        self.put(place, slot)


Ways = dict[Slot, tuple[Slot, int] | None]
