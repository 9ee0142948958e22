"""Drawing one person's form."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from question_bank.assembly.blueprint import Blueprint
from question_bank.assembly.drawing import Draw, Slot, slots_of
from question_bank.assembly.pool import Pool
from question_bank.items.hashing import seeded_number
from question_bank.items.options import AS_AUTHORED

TOLERANCE = 0.01  # how far a form's mean facility may be from its target
EXCHANGES = 200  # how many exchanges are tried to get there

_NOTHING: Mapping[int, date] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pick:
    """An item of the form, and the seed of 31 bits that orders its options.

    The seed is 0, `AS_AUTHORED`, where options are not shuffled. `section` counts from 0.
    """

    uid: int
    version: int
    option_seed: int
    section: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How many items a rule lacks; section and rule count from 0."""

    section: int
    rule: int
    missing: int


@dataclass(frozen=True, slots=True)
class AssembledForm:
    """The picks in the order they are shown, what the pool could not supply, the mean facility.

    The facility is 0.0 for an empty form.
    """

    picks: tuple[Pick, ...]
    shortfalls: tuple[Shortfall, ...]
    facility: float


def assemble(
    blueprint: Blueprint,
    pool: Pool,
    seed: int | str,
    *,
    today: date,
    seen: Mapping[int, date] = _NOTHING,
    wanted: Sequence[int] = (),
) -> AssembledForm:
    """Draw the items of one person's form.

    `today` is the learning day of the form, and `seen` the last day on which the person met an
    item, by uid. The uids of `wanted` (due reviews, a re-test) take places first, in their order,
    as far as they are in the pool and a rule has room; rest and repeats do not concern them. Then
    come items never met, then rested ones, the least recently met first, then up to
    `most_repeats` of the others, likewise. Rules that share items give way to each other: a
    shortfall means that no arrangement would have filled the place.

    With `spread_topics` no theme gets more than ceil(count / themes) + 1 places while another has a
    new or rested item to offer: a form of one theme is dull, but one that repeats yesterday is
    worse.
    """
    slots = slots_of(blueprint, pool)
    draw = Draw(slots, pool, seed, seen)
    for uid in wanted:
        place = pool.find(uid)
        if place is not None and place not in draw.owners:
            draw.admit(place, draw.ways())
    asked_for = set(draw.owners)
    limit = _theme_limit(blueprint, slots)
    _fill(draw, blueprint, today, limit)
    loose = [place for place in draw.owners if place not in asked_for and _is_new(draw, place)]
    _balance(draw, loose, _target(blueprint, slots), limit)
    return _form(blueprint, draw)


def _theme_limit(blueprint: Blueprint, slots: list[Slot]) -> int | None:
    if not blueprint.spread_topics:
        return None
    themes = len(frozenset().union(*(slot.selection.themes for slot in slots)))
    return math.ceil(blueprint.count / (themes or 1)) + 1


def _fill(draw: Draw, blueprint: Blueprint, today: date, limit: int | None) -> None:
    """Fill the places: what is new or rested, within the limit first, and then what is left."""
    rested_before = today - timedelta(days=blueprint.rest_days)
    limits = (None,) if limit is None else (limit, None)
    for bound in limits:
        _fill_fresh(draw, bound)
        _fill_met(draw, bound, lambda day: day <= rested_before, None)
    most = blueprint.most_repeats
    for bound in limits:
        repeats = _fill_met(draw, bound, lambda day: day > rested_before, most)
        most = None if most is None else most - repeats


def _fill_fresh(draw: Draw, limit: int | None) -> None:
    # What has the least choice draws first, so that others seldom have to make room.
    for slot in sorted(draw.slots, key=lambda slot: slot.selection.size):
        while slot.is_open and (place := draw.draw_fresh(slot, limit)) is not None:
            draw.put(place, slot)
    while ways := draw.ways():
        drawn = ((slot, draw.draw_fresh(slot, limit)) for slot in ways)
        found = next(((slot, place) for slot, place in drawn if place is not None), None)
        if found is None:
            return
        draw.move_in(found[1], found[0], ways)


def _fill_met(
    draw: Draw, limit: int | None, counts: Callable[[date], bool], most: int | None
) -> int:
    """Let items that were met before take the open places, the longest ago first; count them."""
    ways = draw.ways()
    if not ways or most == 0:
        return 0
    taken = 0
    for place in _met(draw, counts):
        if draw.may_take(place, limit) and draw.admit(place, ways):
            taken += 1
            ways = draw.ways()
            if not ways or taken == most:
                break
    return taken


def _met(draw: Draw, counts: Callable[[date], bool]) -> list[int]:
    pool, seen = draw.pool, draw.seen
    found = ((day, pool.find(uid), uid) for uid, day in seen.items() if counts(day))
    ranked = sorted(
        (day, pool.exposures[place], seeded_number("met", draw.seed, uid), place)
        for day, place, uid in found
        if place is not None
    )
    return [place for *_rank, place in ranked]


def _is_new(draw: Draw, place: int) -> bool:
    return draw.pool.uids[place] not in draw.seen


def expected_facility(blueprint: Blueprint, pool: Pool) -> float:
    """Return the mean facility that forms come to; 0.0 when nothing can be drawn."""
    return _target(blueprint, slots_of(blueprint, pool))


def _target(blueprint: Blueprint, slots: list[Slot]) -> float:
    """Return the facility to come to: what is prescribed, or the mean over what can be drawn."""
    if blueprint.facility is not None:
        return blueprint.facility
    places = sum(slot.count for slot in slots if slot.selection.size)
    total = sum(slot.count * slot.selection.facility for slot in slots)
    return total / places if places else 0.0


def _balance(draw: Draw, loose: list[int], target: float, limit: int | None) -> None:
    """Exchange new items for others of the same slot until the form is as hard as all others."""
    facilities, many = draw.pool.facilities, len(draw.owners)
    gap = sum(facilities[place] for place in draw.owners) - many * target
    for _ in range(EXCHANGES if loose else 0):
        if abs(gap) <= TOLERANCE * many:
            return
        which = int(draw.random() * len(loose))
        leaving = loose[which]
        slot = draw.take_away(leaving)
        coming = draw.draw_fresh(slot, limit)
        change = 0.0 if coming is None else facilities[coming] - facilities[leaving]
        if coming is None or abs(gap + change) >= abs(gap):
            coming, change = leaving, 0.0
        draw.put(coming, slot)
        loose[which] = coming
        gap += change


def _form(blueprint: Blueprint, draw: Draw) -> AssembledForm:
    pool, seed = draw.pool, draw.seed
    rows: list[tuple[int, int, int, int, int]] = []  # section, rule, rank, mixed up, place
    lacking: dict[tuple[int, int], int] = {}
    for rank, slot in enumerate(draw.slots):
        key = (slot.section, slot.rule)
        lacking[key] = lacking.get(key, 0) + slot.count - len(slot.held)
        for place in slot.held:
            mixed = seeded_number("place", seed, pool.uids[place])
            row = (0, 0) if blueprint.shuffle_items else (slot.rule, rank)
            rows.append((slot.section, *row, mixed, place))
    total = sum(pool.facilities[place] for place in draw.owners)
    return AssembledForm(
        picks=tuple(
            Pick(
                pool.uids[place],
                pool.versions[place],
                _option_seed(blueprint, seed, pool.uids[place]),
                section,
            )
            for section, _rule, _rank, _mixed, place in sorted(rows)
        ),
        shortfalls=tuple(Shortfall(*key, n) for key, n in lacking.items() if n),
        facility=total / len(rows) if rows else 0.0,
    )


def _option_seed(blueprint: Blueprint, seed: int | str, uid: int) -> int:
    if not blueprint.shuffle_options:
        return AS_AUTHORED
    return seeded_number("options", seed, uid, bits=31) or 1
