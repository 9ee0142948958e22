"""The sums behind the numbers of items: computed from the responses of whole days, never patched.

A set counts when three of its responses were in time: with fewer, "the rest" of the set says
nothing about who answered. Sums are rounded once (``fsum``), so the order of responses is no matter
and what is computed again is equal to the last digit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import delete, func, select

from question_bank.items import Choosable
from question_bank.psychometrics.classical import PairSums
from question_bank.psychometrics.distractors import GROUPS, group_of
from quizapp.core import clock
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.events import FinalSet, responses_since

from ..models import ItemStatistic
from .drawing import get_stored

LEAST_IN_A_SET = 3
# A set may be answered for two days after its own and is closed within minutes; with a day more,
# every time zone has reached the date.
OPEN_DAYS = 4
BEGINNING = date(2000, 1, 1)
_LOCK_CLASS = 7011  # class of the advisory locks, one per day

Row = dict[str, Any]
Progress = Callable[[date], None]


@dataclass
class _Tally:
    """What is counted of one version on one day."""

    option_ids: frozenset[str]
    pairs: list[tuple[float, float]] = field(default_factory=list)  # score, rest score
    people: set[int] = field(default_factory=set)
    correct: int = 0
    rapid: int = 0
    omitted: int = 0
    groups: list[int] = field(default_factory=lambda: [0] * GROUPS)
    chosen: dict[str, list[float]] = field(default_factory=dict)  # rest scores of the choosers

    def row(self) -> Row:
        """Return the columns of the version's row."""
        sums = PairSums.of(self.pairs)
        return {
            "responses": sums.n,
            "people": len(self.people),
            "correct": self.correct,
            "rapid": self.rapid,
            "omitted": self.omitted,
            "sum_score": sums.x,
            "sum_score_squared": sums.xx,
            "sum_rest": sums.y,
            "sum_rest_squared": sums.yy,
            "sum_product": sums.xy,
            "options": json.dumps(
                {"groups": self.groups, "chosen": self._chosen()}, sort_keys=True
            ),
        }

    def _chosen(self) -> dict[str, dict[str, Any]]:
        """Return for each option that somebody chose its counts by group and its rest scores."""
        found = {}
        for option_id, rests in self.chosen.items():
            groups = [0] * GROUPS
            for rest in rests:
                groups[group_of(rest)] += 1
            found[option_id] = {"groups": groups, "rest": math.fsum(rests)}
        return found


def _tally(sets: Iterable[FinalSet]) -> dict[int, Row]:
    """Return the row of each version from the sets of one day."""
    tallies: dict[int, _Tally] = {}

    def of(version_id: int) -> _Tally:
        if version_id not in tallies:
            item = get_stored(version_id).item
            known = item.option_ids if isinstance(item, Choosable) else frozenset()
            tallies[version_id] = _Tally(known)
        return tallies[version_id]

    for final in sets:
        if len(final.responses) < LEAST_IN_A_SET:
            continue
        total = math.fsum(response.score for response in final.responses)
        for response in final.responses:
            tally = of(response.item_version_id)
            rest = (total - response.score) / (len(final.responses) - 1)
            tally.pairs.append((response.score, rest))
            tally.people.add(final.person_id)
            tally.correct += response.is_correct
            tally.rapid += response.is_rapid
            tally.groups[group_of(rest)] += 1
            for option_id in tally.option_ids.intersection(response.given):
                tally.chosen.setdefault(option_id, []).append(rest)
        for version_id in final.omitted:
            of(version_id).omitted += 1
    return {version_id: tally.row() for version_id, tally in tallies.items()}


def first_unsettled() -> date:
    """Return the first day that may still change, or was never counted because nobody did."""
    last_counted = db.session.scalar(select(func.max(ItemStatistic.day)))
    if last_counted is None:
        return BEGINNING
    return min(last_counted, clock.now().date() - timedelta(days=OPEN_DAYS))


def count_days(first: date, progress: Progress | None = None) -> int:
    """Compute the sums of every day from ``first`` on anew; return how many rows differed.

    Each day is a transaction of its own; ``progress`` is called after it.
    """
    differed = 0
    seen = set()
    for day, rows in _days(first):
        differed += _store(day, rows)
        seen.add(day)
        if progress:
            progress(day)
    for day in _stored_days(first) - seen:
        differed += _store(day, {})
    return differed


def _days(since: date) -> Iterator[tuple[date, dict[int, Row]]]:
    for day, sets in groupby(responses_since(since), key=lambda final: final.day):
        yield day, _tally(sets)


def _stored_days(since: date) -> set[date]:
    return set(
        db.session.scalars(select(ItemStatistic.day).where(ItemStatistic.day >= since).distinct())
    )


def _stored(day: date) -> dict[int, ItemStatistic]:
    rows = db.session.scalars(select(ItemStatistic).where(ItemStatistic.day == day))
    return {row.version_id: row for row in rows}


@atomic
def _store(day: date, rows: dict[int, Row]) -> int:
    """Make the rows of a day equal to ``rows``; return how many had to change."""
    lock_for_command(_LOCK_CLASS, day.toordinal())
    stored = _stored(day)
    differed = 0
    for version_id, row in rows.items():
        known = stored.get(version_id)
        if known is None:
            db.session.add(ItemStatistic(version_id=version_id, day=day, **row))
        elif _differs(known, row):
            for name, value in row.items():
                setattr(known, name, value)
        else:
            continue
        differed += 1
    gone = stored.keys() - rows.keys()
    if gone:
        db.session.execute(
            delete(ItemStatistic).where(
                ItemStatistic.day == day, ItemStatistic.version_id.in_(gone)
            )
        )
    return differed + len(gone)


def _differs(stored: ItemStatistic, row: Row) -> bool:
    return any(getattr(stored, name) != value for name, value in row.items())


def find_wrong_sums() -> Iterator[str]:
    """Yield a line for each stored row that differs from the responses; nothing is changed.

    Days that may still change are left out: the job comes to them by itself.
    """
    settled = clock.now().date() - timedelta(days=OPEN_DAYS)
    seen = set()
    for day, rows in _days(BEGINNING):
        if day >= settled:
            break
        seen.add(day)
        stored = _stored(day)
        for version_id in sorted(rows.keys() | stored.keys()):
            known, row = stored.get(version_id), rows.get(version_id)
            if known is None or row is None or _differs(known, row):
                yield f"items_statistic {version_id} on {day}: not what the responses come to"
    for day in sorted(_stored_days(BEGINNING) - seen):
        if day < settled:
            yield f"items_statistic on {day}: sums without responses"


def answered_since(day: date) -> set[int]:
    """Return the versions with sums on ``day`` or later."""
    return set(
        db.session.scalars(
            select(ItemStatistic.version_id).where(ItemStatistic.day >= day).distinct()
        )
    )
