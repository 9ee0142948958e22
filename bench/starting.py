"""Starting an attempt in a small bank and in a large one: ``python -m bench.starting``.

The same people start their daily set in an organisation with 1,000 items and in one with 100,000,
in turn, on the stores of the environment. Told are the time of a start and the number of its SQL
statements; the ratio of the two is what a larger bank costs.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.items.models import APPROVED, Item, ItemVersion, Topic
from quizapp.org import service as org
from quizapp.quizzes import service as quizzes
from tests.factories import bank, people, teams

from . import statements, world

SIZES = (1_000, 100_000)
PEOPLE = 300
CHUNK = 5_000
THEMES, KINDS = 12, ("single", "multiple", "true_false", "cloze")


@atomic
def organisation(size: int) -> list[int]:
    """Make an organisation with ``size`` approved items and return its people."""
    organisation_id = org.found_organisation(
        name=f"{size}", time_zone="Asia/Shanghai", code=f"N{size}"
    )
    root = org.find_unit_by_code(organisation_id, f"N{size}")
    assert root
    topics = [
        Topic(organisation_id=organisation_id, name=f"主题 {number}") for number in range(THEMES)
    ]
    db.session.add_all(topics)
    db.session.flush()
    template = db.session.scalars(sa.select(ItemVersion).limit(1)).one()
    for first in range(0, size, CHUNK):
        _add_items(organisation_id, topics, template, range(first, min(size, first + CHUNK)))
    return teams.teams(organisation_id, root.id, [PEOPLE])


def _add_items(
    organisation_id: int, topics: list[Topic], template: ItemVersion, numbers: range
) -> None:
    ids = db.session.scalars(
        sa.insert(Item).returning(Item.id, sort_by_parameter_order=True),
        [
            {
                "organisation_id": organisation_id,
                "uid": f"item-{number}",
                "theme_id": topics[number % THEMES].id,
                "topic_id": topics[number % THEMES].id,
                "status": APPROVED,
                "kind": KINDS[number % len(KINDS)],
                "difficulty": ("easy", "medium", "hard")[number % 3],
                "facility": 0.4 + 0.5 * (number % 97) / 97,
                "responses": number % 311,
            }
            for number in numbers
        ],
    ).all()
    columns = {
        column.name: getattr(template, column.name)
        for column in ItemVersion.__table__.columns
        if column.name not in ("id", "item_id")
    }
    versions = db.session.scalars(
        sa.insert(ItemVersion).returning(ItemVersion.id, sort_by_parameter_order=True),
        [{**columns, "item_id": item_id} for item_id in ids],
    ).all()
    db.session.execute(
        sa.update(Item),
        [
            {"id": item_id, "current_version_id": version_id}
            for item_id, version_id in zip(ids, versions, strict=True)
        ],
    )


def start_all(team_ids: list[int], on: date) -> tuple[list[float], int]:
    """Start the set of a day for everybody of a team; return milliseconds, and statements."""
    taken, counts = [], []
    at = clock.now().replace(year=on.year, month=on.month, day=on.day)
    for person_id in teams.members_of(team_ids[0]):
        viewer = people.viewer(person_id)
        db.session.rollback()
        with clock.frozen(at), statements.noting() as seen:
            began = time.perf_counter()
            quizzes.start_daily(viewer)
            taken.append(1000 * (time.perf_counter() - began))
        counts.append(len(seen))
    return taken, statistics.mode(counts)


def measure(app: Any, say: Any) -> list[tuple[int, float, float, int]]:
    """Return for each size: items, median and 95th percentile in milliseconds, statements."""
    with app.app_context():
        seed = org.found_organisation(name="样板", time_zone="Asia/Shanghai", code="SEED")
        items.load_packs(seed, [bank.pack(3)])
        app.config["TESTING"] = False  # a served process keeps its pool for a minute
        made = {}
        for size in SIZES:
            say(f"bank of {size:,}")
            made[size] = organisation(size)
        today = clock.now().date()
        found: dict[int, list[float]] = {size: [] for size in SIZES}
        most = dict.fromkeys(SIZES, 0)
        for size in SIZES:
            start_all(made[size], today)  # the pool is read, caches are warm
        for day in range(1, 4):  # in turn, so that a busy moment meets both
            for size in SIZES:
                taken, number = start_all(made[size], today + timedelta(days=day))
                found[size] += taken
                most[size] = number
    return [
        (
            size,
            statistics.median(found[size]),
            statistics.quantiles(found[size], n=20)[18],
            most[size],
        )
        for size in SIZES
    ]


def table(rows: list[tuple[int, float, float, int]]) -> str:
    """Return the figures as text."""
    lines = [
        f"start, {size:>7,} items: p50 {p50:6.2f} ms  p95 {p95:6.2f} ms  {number} statements"
        for size, p50, p95, number in rows
    ]
    return "\n".join([*lines, f"ratio of the medians: {rows[-1][1] / rows[0][1]:.2f}"])


def main() -> None:
    """Measure on a database of its own beside DATABASE_URL, and print."""

    def say(text: str) -> None:
        print(f"bench: {text}", file=sys.stderr, flush=True)

    with ExitStack() as stack:
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        app = world.build_app(world.environment(url, 0))
        stack.callback(world.forget_store, app)
        print(table(measure(app, say)))


if __name__ == "__main__":
    main()
