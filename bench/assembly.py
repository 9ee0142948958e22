"""How alike forms are, how evenly items are shown, and what a draw costs in a large bank.

``python -m bench.assembly`` measures and prints. Facilities of the synthetic pool are invented with
the spread of a real bank; the starter bank has the expected facilities of its three difficulties.
Times are given as a ratio too: a draw should cost the same for 1,000 and for 100,000 items.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from statistics import fmean, median

from question_bank import starter
from question_bank.assembly import (
    DIFFICULTIES,
    Blueprint,
    Pool,
    PoolItem,
    Rule,
    Section,
    assemble,
    simple,
    spread,
)
from question_bank.formats.pack import read

TODAY = date(2026, 11, 22)
PEOPLE = 1000
SMALL, LARGE = 1_000, 100_000
EXPECTED = {"easy": 0.85, "medium": 0.7, "hard": 0.5}
EXAM = Blueprint(
    (
        Section("", (Rule(20, quotas=(("easy", 6), ("hard", 6))),)),
        Section("", (Rule(5, kinds=frozenset({"multiple"})), Rule(5, frozenset({"theme 1"})))),
    )
)


def synthetic(count: int) -> list[PoolItem]:
    """Return items of ten themes with ten topics each, facilities around 0.7."""
    generator = random.Random(count)  # nosec B311
    return [
        PoolItem(
            uid,
            uid,
            f"theme {uid % 10}",
            f"topic {uid % 100}",
            ("single", "multiple", "true_false")[uid // 7 % 3],
            DIFFICULTIES[uid // 11 % 3],
            min(0.98, max(0.1, generator.gauss(0.7, 0.18))),
        )
        for uid in range(1, count + 1)
    ]


def starter_items() -> list[PoolItem]:
    """Return the items of the starter bank with the facility expected of their difficulty."""
    rows = [
        (pack, one)
        for pack in (read(path.read_bytes()).pack for path in starter.paths())
        if pack
        for one in pack.items
    ]
    return [
        PoolItem(
            uid, uid, pack.theme, one.topic, one.item.kind, one.difficulty, EXPECTED[one.difficulty]
        )
        for uid, (pack, one) in enumerate(rows, start=1)
    ]


def seconds_of_a_draw(pool: Pool, blueprint: Blueprint, met: int) -> float:
    """Return the median time of a draw for people who met so many items at some time."""
    seen = {uid * len(pool) // met: TODAY - timedelta(days=uid % 60) for uid in range(1, met + 1)}
    times = []
    for person in range(300):
        began = time.perf_counter()
        assemble(blueprint, pool, person, today=TODAY, seen=seen)
        times.append(time.perf_counter() - began)
    return median(times)


def evenness(items: Iterable[PoolItem], rounds: int = 20) -> dict[str, tuple[float, int, int]]:
    """Return sd, least and most exposure after 20 counts of 300 forms, without and with control."""
    found = {}
    items = list(items)
    for name, is_known in (("one candidate", False), ("better of two", True)):
        shown: Counter[int] = Counter()
        for number in range(rounds):
            pool = Pool(replace(one, exposure=shown[one.uid] if is_known else 0) for one in items)
            for person in range(300):
                form = assemble(simple(10), pool, f"{number}:{person}", today=TODAY)
                shown.update(pick.uid for pick in form.picks)
        counts = [shown[one.uid] for one in items]
        found[name] = (spread(counts).sd, min(counts), max(counts))
    return found


def main() -> None:
    """Measure and print."""
    for name, items in (
        ("synthetic, 1,000 items", synthetic(SMALL)),
        ("starter bank", starter_items()),
    ):
        facility = {one.uid: one.facility for one in items}
        pool, generator = Pool(items), random.Random(1)  # nosec B311
        drawn = spread(
            assemble(simple(10), pool, person, today=TODAY).facility for person in range(PEOPLE)
        )
        plain = spread(
            fmean(facility[uid] for uid in generator.sample(sorted(facility), 10))
            for _ in range(PEOPLE)
        )
        print(f"Expected facility of {PEOPLE:,} forms of 10 items, {name}")
        for label, one in (("drawn at random", plain), ("balanced", drawn)):
            print(
                f"  {label:<16} mean {one.mean:.3f}  sd {one.sd:.4f}  "
                f"{one.least:.3f} to {one.most:.3f}"
            )
        print(f"  the spread is {plain.sd / drawn.sd:.1f} times smaller")
    print("How often each of 1,000 items was shown after 6,000 forms of 10 (60 times on average)")
    for label, (sd, least, most) in evenness(synthetic(SMALL)).items():
        print(f"  {label:<16} sd {sd:.1f}  {least} to {most}")
    pools = {size: Pool(synthetic(size)) for size in (SMALL, LARGE)}
    for label, blueprint in (("daily set, 5 items", simple(5)), ("exam, 30 items", EXAM)):
        for met in (1, 300):
            few, many = (seconds_of_a_draw(pools[size], blueprint, met) for size in (SMALL, LARGE))
            print(
                f"One draw, {label}, {met} items met before: {few * 1e6:,.0f} µs of {SMALL:,}, "
                f"{many * 1e6:,.0f} µs of {LARGE:,}; ratio {many / few:.2f}"
            )


if __name__ == "__main__":
    main()
