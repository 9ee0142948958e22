"""The items that may be drawn, laid out so that a draw costs the same for any number of them.

Items of one stratum (theme, topic, kind, difficulty) lie side by side in flat arrays, sorted by
uid. What a rule can draw is then a handful of ranges, and an item is drawn by one random number and
one bisection, whether there are a thousand items or a hundred thousand.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from question_bank.assembly.blueprint import Rule

SELECTIONS_KEPT = 512


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An item that may be picked.

    `facility` is the share of people expected to be right, 0 to 1. `exposure` says how often it was
    shown at all.
    """

    uid: int
    version: int
    theme: str
    topic: str
    kind: str
    difficulty: str
    facility: float
    exposure: int = 0


class Stratum(NamedTuple):
    """Items that no rule can tell apart."""

    theme: str
    topic: str
    kind: str
    difficulty: str


class Selection:
    """What the topics, kinds and difficulty of a rule can draw: numbered from 0 to `size` - 1.

    `strata` are the numbers of its strata, `themes` their themes, `facility` the mean of its items,
    0.0 when there are none.
    """

    __slots__ = ("_ends", "_starts", "facility", "size", "strata", "themes")

    def __init__(self, strata: Iterable[int], pool: "Pool") -> None:
        self.strata = frozenset(strata)
        self.themes = frozenset(pool.strata[one].theme for one in self.strata)
        self._starts: list[int] = []  # places where ranges begin
        self._ends: list[int] = []  # how many items there are up to the end of each range
        self.size, total, last = 0, 0.0, -1
        for one in sorted(self.strata):
            start, end = pool.bounds[one], pool.bounds[one + 1]
            self.size += end - start
            total += pool.sums[one]
            if start == last:  # neighbours make one range
                self._ends[-1] = self.size
            else:
                self._starts.append(start)
                self._ends.append(self.size)
            last = end
        self.facility = total / self.size if self.size else 0.0

    def place(self, number: int) -> int:
        """Return the place in the pool of item `number` of this selection."""
        which = bisect_right(self._ends, number)
        before = self._ends[which - 1] if which else 0
        return self._starts[which] + number - before


class Pool:
    """The items that may be drawn, in memory: about 50 bytes an item beside its stratum.

    A place is the index of an item in the arrays below; it depends on the items alone and not on
    the order they came in. Raises ValueError when a uid occurs twice.
    """

    __slots__ = (
        "_by_uid",
        "_selections",
        "_sorted_uids",
        "bounds",
        "exposures",
        "facilities",
        "strata",
        "sums",
        "uids",
        "versions",
    )

    def __init__(self, items: Iterable[PoolItem]) -> None:
        ordered = sorted(items, key=attrgetter("theme", "topic", "kind", "difficulty", "uid"))
        self.uids = array("q", [item.uid for item in ordered])
        self.versions = array("q", [item.version for item in ordered])
        self.facilities = array("d", [item.facility for item in ordered])
        self.exposures = array("q", [item.exposure for item in ordered])
        self.strata: list[Stratum] = []
        self.bounds: list[int] = []  # where each stratum begins, and the end of the last
        self.sums: list[float] = []  # facilities summed in each stratum
        for place, item in enumerate(ordered):
            stratum = Stratum(item.theme, item.topic, item.kind, item.difficulty)
            if not self.strata or stratum != self.strata[-1]:
                self.strata.append(stratum)
                self.bounds.append(place)
                self.sums.append(0.0)
            self.sums[-1] += item.facility
        self.bounds.append(len(ordered))
        by_uid = sorted(range(len(ordered)), key=self.uids.__getitem__)
        self._by_uid = array("q", by_uid)
        self._sorted_uids = array("q", [self.uids[place] for place in by_uid])
        if len(set(self.uids)) != len(self.uids):
            raise ValueError("an item occurs twice in the pool")
        self._selections: dict[tuple[frozenset[str], frozenset[str], str | None], Selection] = {}

    def __len__(self) -> int:
        return len(self.uids)

    def __contains__(self, uid: object) -> bool:
        return isinstance(uid, int) and self.find(uid) is not None

    def count(self, rule: Rule) -> int:
        """Return how many items have a topic and a kind of this rule, of any difficulty."""
        return self.select(rule.topics, rule.kinds).size

    def get(self, uid: int) -> PoolItem | None:
        """Return the item, or None when it cannot be drawn."""
        place = self.find(uid)
        if place is None:
            return None
        return PoolItem(
            uid,
            self.versions[place],
            *self.strata[self.stratum(place)],
            self.facilities[place],
            self.exposures[place],
        )

    def find(self, uid: int) -> int | None:
        """Return the place of an item, or None when it is not in the pool."""
        at = bisect_left(self._sorted_uids, uid)
        if at < len(self._sorted_uids) and self._sorted_uids[at] == uid:
            return self._by_uid[at]
        return None

    def stratum(self, place: int) -> int:
        """Return the number of the stratum of a place."""
        return bisect_right(self.bounds, place) - 1

    def size(self, stratum: int) -> int:
        """Return how many items a stratum has."""
        return self.bounds[stratum + 1] - self.bounds[stratum]

    def select(
        self, topics: frozenset[str], kinds: frozenset[str], difficulty: str | None = None
    ) -> Selection:
        """Return what these conditions leave (empty or None: any); the answer is remembered."""
        key = (topics, kinds, difficulty)
        known = self._selections.get(key)
        if known is None:
            if len(self._selections) >= SELECTIONS_KEPT:
                self._selections.clear()
            known = self._selections[key] = Selection(
                (
                    number
                    for number, stratum in enumerate(self.strata)
                    if (not topics or stratum.theme in topics or stratum.topic in topics)
                    and (not kinds or stratum.kind in kinds)
                    and difficulty in (None, stratum.difficulty)
                ),
                self,
            )
        return known
