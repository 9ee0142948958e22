"""The daily set in a small table of responses and in a large one: ``python -m bench.growth``.

Two databases are filled with history (`history.py`): 100,000 responses and as many as asked for.
People have the same history in both, 500 sets; the larger one has more people. Then the same is
done in both in turn (`paces.py`), and the ratio of the medians is what growth costs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from quizapp.org import service as org

from . import history, paces, report, world
from .servers import ROOT

SMALL_ROWS, ROWS = 100_000, 50_000_000
GOAL_RATIO = 1.3
MEASURED_PEOPLE, ROUNDS, DAYS_A_ROUND = 40, 3, 2
BYTES_A_ROW = 600  # of disk for a response with its share of everything, and for the log meanwhile


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Grown:
    """A database with so many responses, and the people who are measured in it."""

    def __init__(self, stack: ExitStack, rows: int) -> None:
        began = time.monotonic()
        own = world.own_database(os.environ["DATABASE_URL"], f"_{rows}")
        self.url = stack.enter_context(own)
        count = rows // (history.DAYS * history.POSITIONS)
        app = world.build_app(world.environment(self.url, 0))
        stack.callback(world.forget_store, app)
        with app.app_context():
            organisation_id, staff = world.employ(-(-count // sum(world.TEAM_SIZES)))
            world.load_bank(organisation_id)
            blueprint_id = history.daily_blueprint(organisation_id)
            self.today: date = org.today(organisation_id)
            ids = sorted(person_id for person_id, _public_id, _unit in staff)[:count]
            unit_id = staff[0][2]
            history.fill(self.url, ids, unit_id, blueprint_id, self.today, say)
        self.people = ids[:: max(1, count // MEASURED_PEOPLE)][:MEASURED_PEOPLE]
        self.sizes = self._sizes()
        self.filled_in = time.monotonic() - began
        self.taken: dict[str, list[float]] = {kind: [] for kind in paces.KINDS}
        self.plans: dict[str, Any] = {}

    def _sizes(self) -> dict[str, dict[str, int]]:
        engine, found = sa.create_engine(self.url), {}
        with engine.connect() as connection:
            for table in history.TABLES:
                row = connection.execute(
                    sa.text(
                        f"SELECT (SELECT count(*) FROM {table}) AS number, "
                        "pg_table_size(CAST(:t AS regclass)) AS heap, "
                        "pg_indexes_size(CAST(:t AS regclass)) AS indexes"
                    ),
                    {"t": table},
                ).one()
                found[table] = {"rows": row.number, "bytes": row.heap, "index_bytes": row.indexes}
        engine.dispose()
        return found

    def measure(self, turn: int, folder: Path) -> None:
        """Measure some days, other ones in each turn."""
        # A day apart for the warm-up of each turn, one after the last for the plans.
        first = self.today + timedelta(days=1 + turn * (DAYS_A_ROUND + 1))
        days = [str(first + timedelta(days=n)) for n in range(DAYS_A_ROUND)]
        plan = paces.Plan(self.url, self.people, days, explains=turn == ROUNDS - 1)
        path = folder / "plan.json"
        path.write_text(json.dumps(asdict(plan)), encoding="utf-8")
        command = (sys.executable, "-m", "bench.paces", str(path))
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        for kind, taken in told["taken"].items():
            self.taken[kind] += taken
        self.plans.update(told["plans"])


def summary(small: Grown, large: Grown) -> list[dict[str, Any]]:
    """Return a line for each kind of call: calls, medians and 95th percentiles in ms, the ratio."""
    lines = []
    for kind in paces.KINDS:
        few, many = small.taken[kind], large.taken[kind]
        lines.append(
            {
                "kind": kind,
                "calls": len(many),
                "small_p50": statistics.median(few),
                "small_p95": statistics.quantiles(few, n=20)[18],
                "large_p50": statistics.median(many),
                "large_p95": statistics.quantiles(many, n=20)[18],
                "ratio": statistics.median(many) / statistics.median(few),
            }
        )
    return lines


def table(small: Grown, large: Grown) -> str:
    """Return the figures as text."""
    few, many = (one.sizes["quizzes_response"] for one in (small, large))
    lines = [
        f"{one.sizes['quizzes_response']['rows']:,} responses: filled in {one.filled_in:.0f} s; "
        + "; ".join(
            f"{name} {size['bytes'] / 1e9:.2f} GB + {size['index_bytes'] / 1e9:.2f} GB of indexes"
            for name, size in one.sizes.items()
        )
        for one in (small, large)
    ]
    lines += [
        f"{row['kind']:<7} {row['calls']:5} calls  {few['rows']:,}: p50 {row['small_p50']:6.2f} "
        f"p95 {row['small_p95']:6.2f} ms  {many['rows']:,}: p50 {row['large_p50']:6.2f} "
        f"p95 {row['large_p95']:6.2f} ms  ratio {row['ratio']:.2f} (goal {GOAL_RATIO})"
        for row in summary(small, large)
    ]
    return "\n".join(lines)


def main() -> int:
    """Fill, measure in turn, print, save."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"responses ({ROWS:,})")
    rows = parser.parse_args().rows
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    if shutil.disk_usage(tempfile.gettempdir()).free < BYTES_A_ROW * rows:
        say(f"{rows:,} responses may need {BYTES_A_ROW * rows / 1e9:.0f} GB of disk: give --rows")
        return 2
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-bench-")))
        small, large = Grown(stack, SMALL_ROWS), Grown(stack, rows)
        for turn in range(ROUNDS):
            say(f"turn {turn + 1} of {ROUNDS}")
            for one in (small, large):
                one.measure(turn, folder)
        print(table(small, large))
        measured = {
            "summary": summary(small, large),
            "databases": [
                {"filled_in_seconds": one.filled_in, "sizes": one.sizes, "plans": one.plans}
                for one in (small, large)
            ],
        }
        print(f"saved: {report.save_alone('growth', measured)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
