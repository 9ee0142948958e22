"""What the stored sums of versions come to: their figures and what is to be looked at."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean
from types import MappingProxyType

from sqlalchemy import func, select

from question_bank.items import Choosable, Hotspot
from question_bank.items import Item as BankItem
from question_bank.psychometrics import classical, distractors, response_time
from question_bank.psychometrics.classical import PairSums
from question_bank.psychometrics.distractors import GROUPS, OptionNumbers, OptionSums
from question_bank.psychometrics.flags import LEAST_RESPONSES, ItemNumbers, Week
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.events import people_who_answered

from ..models import Item, ItemStatistic, ItemVersion, TimeBucket
from .drawing import get_stored

LEAST_PEOPLE = 5
EXPOSURE_DAYS = 30
LEAK_WEEKS = 10
CHUNK = 200


@dataclass
class Totals:
    """The sums of a version over all its days."""

    sums: PairSums
    people_at_most: int  # people of each day added up
    people_at_least: int  # people of the day with most
    correct: int
    rapid: int
    omitted: int
    groups: list[int] = field(default_factory=lambda: [0] * GROUPS)
    options: dict[str, OptionSums] = field(default_factory=dict)


def chunks(version_ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield version ids a few at a time, so that statements stay of moderate length."""
    known = sorted(version_ids)
    for start in range(0, len(known), CHUNK):
        yield known[start : start + CHUNK]


def load_totals(version_ids: Collection[int], least: int = 1) -> dict[int, Totals]:
    """Return the sums of each version with at least ``least`` responses."""
    columns = (
        *("responses", "sum_score", "sum_rest", "sum_score_squared", "sum_rest_squared"),
        *("sum_product", "people", "correct", "rapid", "omitted"),
    )
    totals = {}
    for version_id, at_least, *sums in db.session.execute(
        select(
            ItemStatistic.version_id,
            func.max(ItemStatistic.people),
            *(func.sum(getattr(ItemStatistic, name)) for name in columns),
        )
        .where(ItemStatistic.version_id.in_(version_ids))
        .group_by(ItemStatistic.version_id)
        .having(func.sum(ItemStatistic.responses) >= least)
    ):
        n, x, y, xx, yy, xy, people, correct, rapid, omitted = sums
        pairs = PairSums(n, x, y, xx, yy, xy)
        totals[version_id] = Totals(pairs, people, at_least, correct, rapid, omitted)
    _add_options(totals)
    return totals


def _add_options(totals: dict[int, Totals]) -> None:
    """Add up the counts of options; plain lists, since this runs once for each version and day."""
    chosen: dict[int, dict[str, tuple[list[int], list[float]]]] = {}
    for version_id, text in db.session.execute(
        select(ItemStatistic.version_id, ItemStatistic.options).where(
            ItemStatistic.version_id.in_(totals)
        )
    ):
        day = json.loads(text)
        groups = totals[version_id].groups
        for group, number in enumerate(day["groups"]):
            groups[group] += number
        of_version = chosen.setdefault(version_id, {})
        for option_id, counts in day["chosen"].items():
            by_group, rest = of_version.setdefault(option_id, ([0] * GROUPS, [0.0]))
            for group, number in enumerate(counts["groups"]):
                by_group[group] += number
            rest[0] += counts["rest"]
    for version_id, options in chosen.items():
        totals[version_id].options = {
            option_id: OptionSums(tuple(by_group), rest[0])
            for option_id, (by_group, rest) in options.items()
        }


def enough_people(totals: dict[int, Totals]) -> set[int]:
    """Return the versions that at least five different people answered."""
    sure = {v for v, known in totals.items() if known.people_at_least >= LEAST_PEOPLE}
    unsure = [
        version_id
        for version_id, known in totals.items()
        if version_id not in sure and known.people_at_most >= LEAST_PEOPLE
    ]
    if unsure:
        counted = people_who_answered(unsure)
        sure |= {v for v, number in counted.items() if number >= LEAST_PEOPLE}
    return sure


@dataclass(frozen=True)
class Others:
    """What is usual among the versions of an organisation: showings lately, discrimination."""

    shown: float
    discrimination: float | None


def evaluate(
    version_ids: Collection[int], others: Mapping[int, Others] = MappingProxyType({})
) -> dict[int, ItemNumbers]:
    """Return the figures of each version that has enough responses of enough people for any.

    ``others`` says by organisation what flags are to be measured against.
    """
    totals = load_totals(version_ids, least=LEAST_RESPONSES)
    known = enough_people(totals)
    weeks, shown = _weeks(known), _shown(known)
    return {
        version_id: _numbers(
            totals[version_id],
            version_id,
            weeks.get(version_id, ()),
            shown.get(version_id, 0),
            others.get(organisation_id),
        )
        for version_id, organisation_id in _organisations(known)
    }


def _organisations(version_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return versions with the organisation each belongs to, in order."""
    rows = db.session.execute(
        select(ItemVersion.id, Item.organisation_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemVersion.id.in_(version_ids))
        .order_by(ItemVersion.id)
    )
    return [(version_id, organisation_id) for version_id, organisation_id in rows]


def _numbers(
    totals: Totals,
    version_id: int,
    weeks: tuple[Week, ...],
    shown: int,
    others: Others | None,
) -> ItemNumbers:
    n = totals.sums.n
    return ItemNumbers(
        responses=n,
        facility=classical.facility(totals.sums) or 0.0,
        discrimination=classical.correlation(totals.sums),
        options=describe_options(get_stored(version_id).item, totals),
        groups=tuple(totals.groups),
        rapid_share=totals.rapid / n,
        omitted_share=totals.omitted / (n + totals.omitted),
        shown=shown,
        shown_mean=others.shown if others else 0.0,
        usual_discrimination=others.discrimination if others else None,
        days=EXPOSURE_DAYS,
        weeks=weeks,
    )


def option_ids(item: BankItem) -> tuple[str, ...]:
    """Return the ids of an item's options in its author's order; empty where it has none."""
    if isinstance(item, Hotspot):
        return tuple(zone.id for zone in item.zones)
    return tuple(option.id for option in item.options) if isinstance(item, Choosable) else ()


def describe_options(item: BankItem, totals: Totals) -> tuple[OptionNumbers, ...]:
    """Return the numbers of each option of an item, in its author's order."""
    keys = item.key_ids if isinstance(item, Choosable) else frozenset()
    none = OptionSums()
    return distractors.describe(
        [(each, each in keys, totals.options.get(each, none)) for each in option_ids(item)],
        totals.groups,
        totals.sums,
    )


def _shown(version_ids: Collection[int]) -> dict[int, int]:
    """Return how often each version was shown lately."""
    rows = db.session.execute(
        select(ItemStatistic.version_id, func.sum(ItemStatistic.responses + ItemStatistic.omitted))
        .where(ItemStatistic.day >= _lately(), ItemStatistic.version_id.in_(version_ids))
        .group_by(ItemStatistic.version_id)
    )
    return {version_id: int(number) for version_id, number in rows}


def _lately() -> date:
    return clock.now().date() - timedelta(days=EXPOSURE_DAYS)


def what_is_usual() -> dict[int, Others]:
    """Return by organisation what is usual among the versions that were shown lately."""
    sums = ("responses", "sum_score", "sum_rest", "sum_score_squared", "sum_rest_squared")
    rows = db.session.execute(
        select(
            Item.organisation_id,
            func.sum(ItemStatistic.responses + ItemStatistic.omitted),
            *(func.sum(getattr(ItemStatistic, name)) for name in (*sums, "sum_product")),
        )
        .join(ItemVersion, ItemVersion.id == ItemStatistic.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemStatistic.day >= _lately())
        .group_by(Item.organisation_id, ItemStatistic.version_id)
    )
    shown: dict[int, list[int]] = {}
    correlations: dict[int, list[float]] = {}
    for organisation_id, number, *pair in rows:
        shown.setdefault(organisation_id, []).append(int(number))
        known = correlations.setdefault(organisation_id, [])
        r = classical.correlation(PairSums(*pair))
        if pair[0] >= LEAST_RESPONSES and r is not None:
            known.append(r)
    return {
        organisation_id: Others(
            fmean(numbers),
            fmean(correlations[organisation_id]) if correlations[organisation_id] else None,
        )
        for organisation_id, numbers in shown.items()
    }


def _weeks(version_ids: Collection[int]) -> dict[int, tuple[Week, ...]]:
    """Return the last weeks of each version, oldest first, without weeks that had no response."""
    today = clock.now().date()
    first = today - timedelta(days=today.weekday() + 7 * (LEAK_WEEKS - 1))
    sums: dict[tuple[int, date], tuple[int, float]] = {}
    for version_id, day, responses, score in db.session.execute(
        select(
            ItemStatistic.version_id,
            ItemStatistic.day,
            ItemStatistic.responses,
            ItemStatistic.sum_score,
        ).where(ItemStatistic.version_id.in_(version_ids), ItemStatistic.day >= first)
    ):
        place = version_id, day - timedelta(days=day.weekday())
        n, total = sums.get(place, (0, 0.0))
        sums[place] = n + responses, total + score
    times = load_times(version_ids, first)
    found: dict[int, tuple[Week, ...]] = {}
    for (version_id, week), (n, total) in sorted(sums.items()):
        if n:
            seconds = response_time.median(times.get((version_id, week), ()))
            found[version_id] = (*found.get(version_id, ()), Week(n, total / n, seconds))
    return found


def load_times(version_ids: Collection[int], since: date) -> dict[tuple[int, date], list[int]]:
    """Return the histogram of times of each version and week from ``since`` on."""
    counts: dict[tuple[int, date], list[int]] = {}
    for row in db.session.scalars(
        select(TimeBucket).where(TimeBucket.version_id.in_(version_ids), TimeBucket.week >= since)
    ):
        of_week = counts.setdefault((row.version_id, row.week), [0] * response_time.BUCKETS)
        of_week[row.bucket] += row.responses
    return counts
