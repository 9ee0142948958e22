"""Which question a team is asked before a shift: the same for all teams of a workshop.

The choice follows from the seed (unit, day, shift), so that a wall and a phone that ask at the same
moment agree although nothing is stored yet. What was stored for one team of the workshop holds for
the others of that shift.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from question_bank.items import Choice, TrueFalse
from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.items.service import ShortItem
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import WORKSHOP

from ... import rules
from ...models import Preshift
from ...rules import Shift

LOOKED_AT = 200  # items that are read to find one
STRETCH, PROBES = 40, 5  # where too few are known to be weak: so many in a row, at so many places
AMONG = 12  # of the weakest ones that rested, one of so many is taken


@dataclass(frozen=True)
class Drawn:
    """An item version and the seed that orders its options."""

    item_id: int
    version_id: int
    option_seed: int


def anchor_of(unit: org.UnitLine) -> org.UnitLine:
    """Return the unit that a team shares its question with: its workshop, or itself."""
    workshop = org.above(unit, WORKSHOP)
    return org.get_units([workshop])[workshop] if workshop and workshop != unit.id else unit


def option_seed(anchor: org.UnitLine, shift: Shift) -> int:
    """Return the seed that orders the options of a shift's question, 31 bits."""
    dice = random.Random(rules.preshift_seed(anchor.public_id, shift) + ":options")  # nosec B311
    return dice.getrandbits(31)


def draw(organisation_id: int, anchor: org.UnitLine, shift: Shift) -> Drawn | None:
    """Return the question of a shift; None when no item of the bank is short enough.

    Prefers what many answered wrong, by the figures of items and of nobody in person; what was
    asked within thirty days comes back only when nothing else is left, the longest ago first.
    """
    asked = _asked(anchor, shift)
    for day, slot, drawn in asked:
        if (day, slot) == (shift.day, shift.slot):
            return drawn
    last = {drawn.item_id: abs((day - shift.day).days) for day, _slot, drawn in asked}
    dice = random.Random(rules.preshift_seed(anchor.public_id, shift))  # nosec B311 - no secret
    begin, place, seed = dice.random(), dice.random(), option_seed(anchor, shift)
    weak = _fitting(_weak(organisation_id, shift, without=last))[:AMONG]
    if weak:
        return _drawn(weak[int(place * len(weak))], seed)
    for probe in range(PROBES):
        found = _fitting(
            items.list_stretch(
                organisation_id,
                shift.day,
                begin=(begin + probe / PROBES) % 1,
                limit=STRETCH,
                without=last,
            )
        )
        if found:
            return _drawn(found[0], seed)
    # Nothing rested is left where we looked: what was asked longest ago comes back.
    known = _fitting(
        [
            *_weak(organisation_id, shift),
            *items.list_stretch(organisation_id, shift.day, begin=begin, limit=LOOKED_AT),
        ]
    )
    left = sorted(known, key=lambda one: (-last.get(one.item_id, 0), one.item_id))
    return _drawn(left[0], seed) if left else None


def _weak(organisation_id: int, shift: Shift, without: Collection[int] = ()) -> list[ShortItem]:
    return items.list_weak(
        organisation_id,
        shift.day,
        most=rules.PRESHIFT_WEAK,
        limit=LOOKED_AT,
        without=without,
    )


def _asked(anchor: org.UnitLine, shift: Shift) -> list[tuple[date, str, Drawn]]:
    """Return what the teams below a unit are asked within thirty days of a shift, before or after.

    Sheets of paper are printed for days to come.
    """
    rest = timedelta(days=rules.PRESHIFT_REST_DAYS)
    rows = db.session.execute(
        select(
            Preshift.day,
            Preshift.slot,
            Preshift.item_id,
            Preshift.item_version_id,
            Preshift.option_seed,
        )
        .join(Unit, Unit.id == Preshift.unit_id)
        .where(
            Unit.path.startswith(anchor.path, autoescape=True),
            Preshift.day.between(shift.day - rest, shift.day + rest),
        )
        .order_by(Preshift.day, Preshift.id)
    )
    return [
        (row.day, row.slot, Drawn(row.item_id, row.item_version_id, row.option_seed))
        for row in rows
    ]


def _fitting(found: Iterable[ShortItem]) -> list[ShortItem]:
    return [one for one in found if isinstance(one.item, Choice | TrueFalse) and _fits(one.item)]


def _fits(item: Choice | TrueFalse) -> bool:
    return (
        not item.media
        and len(item.key_ids) == 1  # weights may make several right
        and not any(option.image for option in item.options)
        and rules.fits_wall(item.stem, [option.text for option in item.options])
    )


def _drawn(one: ShortItem, seed: int) -> Drawn:
    return Drawn(one.item_id, one.version_id, seed)
