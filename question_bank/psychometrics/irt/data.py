"""Responses as calibration needs them: who answered what, with most of the table empty."""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Responses:
    """Dichotomous responses in sparse form, ordered by person.

    ``items`` and ``correct`` (0 or 1) hold one entry for each response; those of person ``i`` stand
    at ``starts[i]`` up to ``starts[i + 1]``, and nobody is without a response. ``item_count`` is
    the number of columns, also of items without a response. What is missing is simply not there:
    it is taken as missing at random, which holds for drawn items and for omitted ones does not.
    """

    items: Integers
    correct: NDArray[np.int8]
    starts: Integers
    item_count: int

    @classmethod
    def from_entries(
        cls, people: Integers, items: Integers, correct: NDArray[np.int8], item_count: int
    ) -> Responses:
        """Build from one (person, item, correct) entry per response, in any order.

        Person numbers may have gaps; people are kept in the order of their numbers. A person
        answers an item once: raises ValueError when not, and for entries that are not 0 or 1.
        """
        if correct.size and not np.isin(correct, (0, 1)).all():
            raise ValueError("a response is 0 or 1")
        order = np.lexsort((items, people))
        people, items = people[order], items[order].astype(np.int32)
        if np.any((np.diff(people) == 0) & (np.diff(items) == 0)):
            raise ValueError("a person answered an item twice")
        starts = np.flatnonzero(np.diff(people, prepend=people[:1] - 1))
        return cls(
            items=items,
            correct=correct[order].astype(np.int8),
            starts=np.append(starts, people.size).astype(np.int32),
            item_count=item_count,
        )

    @classmethod
    def from_table(cls, table: Floats) -> Responses:
        """Build from a people x items table of 0, 1 and nan for what is missing."""
        people, items = (part.astype(np.int32) for part in np.nonzero(~np.isnan(table)))
        correct = table[people, items].astype(np.int8)
        return cls.from_entries(people, items, correct, table.shape[1])

    @property
    def people_count(self) -> int:
        """Return how many people answered anything."""
        return self.starts.size - 1

    @property
    def size(self) -> int:
        """Return how many responses there are."""
        return self.items.size

    @cached_property
    def people(self) -> Integers:
        """Return the number of the person behind each response, from 0 without gaps."""
        return np.repeat(np.arange(self.people_count, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def counts(self) -> Integers:
        """Return the number of responses to each item."""
        return np.bincount(self.items, minlength=self.item_count).astype(np.int32)

    @cached_property
    def facility(self) -> Floats:
        """Return the share of correct responses of each item; nan without a response."""
        correct = np.bincount(self.items, weights=self.correct, minlength=self.item_count)
        with np.errstate(invalid="ignore"):
            return np.divide(correct, self.counts)

    def keep(self, is_kept: NDArray[np.bool_]) -> Responses:
        """Return the responses to some items, numbered anew; people left without any are gone."""
        number = np.cumsum(is_kept) - 1
        chosen = is_kept[self.items]
        return Responses.from_entries(
            self.people[chosen],
            number[self.items[chosen]],
            self.correct[chosen],
            int(is_kept.sum()),
        )


class Collector:
    """Gather responses one by one from a stream, nine bytes for each.

    People and items may be named by anything hashable; ``item_names`` gives the columns in order.
    Of a person's responses to one item only the first counts: afterwards the answer was shown.
    """

    def __init__(self) -> None:
        self._people: dict[Hashable, int] = {}
        self._items: dict[Hashable, int] = {}
        self._entries = (array("i"), array("i"), array("b"))

    def add(self, person: Hashable, item: Hashable, is_correct: bool) -> None:
        """Take in one response."""
        people, items, correct = self._entries
        people.append(self._people.setdefault(person, len(self._people)))
        items.append(self._items.setdefault(item, len(self._items)))
        correct.append(is_correct)

    def __len__(self) -> int:
        """Return how many responses were taken in."""
        return len(self._entries[0])

    @property
    def item_names(self) -> tuple[Hashable, ...]:
        """Return the names of the items, in the order of the columns."""
        return tuple(self._items)

    def responses(self) -> Responses:
        """Return what was gathered."""
        people, items, correct = (np.array(entries) for entries in self._entries)
        place = people.astype(np.int64) * max(1, len(self._items)) + items
        first = np.unique(place, return_index=True)[1]
        return Responses.from_entries(people[first], items[first], correct[first], len(self._items))
