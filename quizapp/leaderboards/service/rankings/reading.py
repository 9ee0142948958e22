"""Reading a page of a board from its ranking: one script, one round trip."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

from redis.exceptions import RedisError

from quizapp.points import rules as points_rules

from ... import rules
from ..rows import Place, Slice
from ..shown import Shown
from ..tables import AROUND, LEADERS, MOST_LEADERS, TOP
from .scripts import READ, is_open, pointer_of, run

log = logging.getLogger(__name__)
_HEAD = 12  # what stands before the numbers of teams: see the end of the script


def read_slice(
    shown: Shown, *, bracket: str | None, own_id: int | None, today: date
) -> Slice | None:
    """Return the rows of a bracket that a page shows, exactly as the tables would give them.

    None when the store is away, or has no ranking at the version of ``shown``.
    """
    is_light = shown.profile.is_light
    rotates = is_light and shown.profile.listing == rules.ROTATE
    try:
        if not is_open():
            return None
        found = run(
            READ,
            pointer_of(shown.scope),
            shown.version,
            bracket or "",
            own_id or "",
            "name" if is_light else "rank",
            TOP,
            AROUND,
            today.toordinal() if rotates else "",
            LEADERS,
            MOST_LEADERS,
            *points_rules.SHRINKAGE,
        )
    except RedisError as error:
        log.warning("the ranking of board %s was not read: %s", shown.scope, error)
        return None
    return _slice(found) if found else None


def _slice(found: list[Any]) -> Slice:
    chosen, lowest, highest, better, better_score, worse, worse_score, *sizes = found[:_HEAD]
    brackets = list(points_rules.SHRINKAGE)
    counts = found[_HEAD : _HEAD + len(brackets)]
    places = _places(found[_HEAD + len(brackets) :])
    rows, leaders, own, above, below = ([next(places) for _n in range(size)] for size in sizes)
    return Slice(
        bracket=chosen,
        teams={name: count for name, count in zip(brackets, counts, strict=True) if count},
        rows=rows,
        own=own[0] if own else None,
        above=above,
        below=below,
        better=(better, better_score) if better else None,
        worse=(worse, worse_score) if worse else None,
        lowest=lowest,
        highest=highest,
        leaders=leaders,
    )


def _places(flat: list[Any]) -> Iterator[Place]:
    for start in range(0, len(flat), 5):
        unit, score, rank, number, kept = flat[start : start + 5]
        name, workshop, members, rank_before = json.loads(kept)
        yield Place(
            unit_id=int(unit),
            name=name,
            workshop=workshop,
            members=members,
            rank=rank,
            score=score,
            rank_before=rank_before,
            is_tied=number > 1,
        )
