"""Choosing the items of a form: blueprint + pool + seed -> form, the same on every machine."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from question_bank.items.hashing import seeded_number

Uid = int | str


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a form should look like: how many items, for which day, and how long a seen item rests.

    `today` is the learning day of the form; an item seen less than `rest_days` before it is not
    rested. Raises ValueError for a count below 1 or a negative rest.
    """

    count: int
    today: date
    rest_days: int = 14

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a form has at least one item")
        if self.rest_days < 0:
            raise ValueError("an item cannot rest for less than no days")


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An item that may be picked. `last_seen_on` is None when this person never met it.

    `exposure` says how often it was shown at all; of items that are otherwise equal the less shown
    comes first.
    """

    uid: Uid
    topic: str
    last_seen_on: date | None
    exposure: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """An item of the form, with the seed of 31 bits that orders its options."""

    uid: Uid
    option_seed: int


@dataclass(frozen=True, slots=True)
class AssembledForm:
    """The picks in the order they are shown, and how many items the pool could not supply."""

    picks: tuple[Pick, ...]
    shortfall: int


def assemble(blueprint: Blueprint, pool: Iterable[PoolItem], seed: int | str) -> AssembledForm:
    """Pick items for one person and one day.

    New items come first, then rested ones, the least recently seen first; an item that has not
    rested is the last resort. No topic gets more than ceil(count / topics) + 1 places while another
    topic has a new or rested item to offer: a form of one topic is dull, but one that repeats
    yesterday is worse.

    The order of the pool does not matter: ties are broken by a hash of seed and uid.
    Raises ValueError when a uid occurs twice in the pool.
    """
    items = list(pool)
    if len({item.uid for item in items}) != len(items):
        raise ValueError("an item occurs twice in the pool")
    ranked = sorted(items, key=lambda item: _preference(item, seed))
    rested_before = blueprint.today - timedelta(days=blueprint.rest_days)
    fit = [i for i in ranked if i.last_seen_on is None or i.last_seen_on <= rested_before]
    tired = [i for i in ranked if i.last_seen_on is not None and i.last_seen_on > rested_before]
    topics = len({item.topic for item in items}) or 1
    limit = math.ceil(blueprint.count / topics) + 1

    chosen: list[PoolItem] = []
    for part in (fit, tired):
        chosen += _spread(part, blueprint.count - len(chosen), limit, chosen)
    shown = sorted(chosen, key=lambda item: seeded_number("place", seed, item.uid))
    return AssembledForm(
        picks=tuple(Pick(i.uid, seeded_number("options", seed, i.uid, bits=31)) for i in shown),
        shortfall=blueprint.count - len(shown),
    )


def _preference(item: PoolItem, seed: int | str) -> tuple[date, int, int]:
    """Rank an item: never seen, then longest ago; then least shown; then by the seed."""
    return (item.last_seen_on or date.min, item.exposure, seeded_number("pick", seed, item.uid))


def _spread(
    ranked: Sequence[PoolItem], count: int, limit: int, before: Sequence[PoolItem]
) -> list[PoolItem]:
    """Return up to `count` items by rank, holding topics to the limit while that fills the form."""
    taken = Counter(item.topic for item in before)
    within: list[PoolItem] = []
    beyond: list[PoolItem] = []
    for item in ranked:
        taken[item.topic] += 1
        (within if taken[item.topic] <= limit else beyond).append(item)
    return (within + beyond)[:count]
