"""Measure and print: ``python -m bench [--seconds N] [--clients N] [--port FIRST]``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from flask import Flask

from . import (
    calibration,
    freshness,
    importing,
    report,
    scenarios,
    search,
    servers,
    statements,
    world,
)
from .freshness import Freshness
from .report import Row
from .scenarios import Field, Scenario
from .servers import Server
from .sets import OpenSet


def options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6, help="load per scenario (default 6)")
    parser.add_argument("--clients", type=int, default=32, help="open connections (default 32)")
    parser.add_argument(
        "--search", type=int, default=0, help="items in the bank that is searched (default: none)"
    )
    parser.add_argument("--port", type=int, default=0, help="first of two ports; 0: any free ones")
    return parser.parse_args()


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def start(
    stack: ExitStack, settings: dict[str, str], ports: tuple[int, int], folder: Path
) -> Field:
    """Start the product, the yardstick and the worker; they end with ``stack``."""
    product = stack.enter_context(
        servers.serving(ports[0], settings, folder / "product.log", probe="/healthz")
    )
    yardstick = stack.enter_context(
        servers.serving(ports[1], settings, folder / "hello.log", application="bench.hello:app")
    )
    command = (sys.executable, "deploy/worker.py")
    worker = stack.enter_context(servers.running(command, settings, folder / "worker.log"))
    return Field(product, yardstick, Server(worker, 0), folder)


def measure(
    app: Flask, field: Field, planned: list[Scenario], *, clients: int, seconds: float
) -> list[Row]:
    """Run every scenario between two runs of "hello"; return a row for each, "hello" first."""
    yardstick = scenarios.hello()
    field.warm_up(yardstick, clients)
    hellos = [field.run(yardstick, clients, seconds)]
    rows = []
    for scenario in planned:
        say(scenario.name)
        executed = statements.count(app, scenario)
        crowd = scenario.clients or clients
        field.warm_up(scenario, crowd)
        figures = field.run(scenario, crowd, seconds)
        hellos.append(field.run(yardstick, clients, seconds))
        rate = scenarios.around(hellos[-2], hellos[-1])
        rows.append(Row(scenario, figures, rate, executed))
    middle = sorted(hellos, key=lambda figures: figures.rate)[len(hellos) // 2]
    return [Row(yardstick, middle, None, []), *rows]


def watch_wall(app: Flask, field: Field, wall_cookie: str, kept: list[OpenSet]) -> Freshness:
    """Finish the sets that were kept, one by one, and time the wall."""
    say("wall")
    with app.app_context():
        finishes = [each.answer(5) for each in kept]
    return freshness.measure(field.product.port, wall_cookie, finishes)


def main() -> int:
    """Measure, print, save; return 1 when something failed or a board never came."""
    chosen = options()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_signal: sys.exit(143))
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        say("DATABASE_URL and REDIS_URL are not set: use `make bench`")
        return 2
    ports = (
        chosen.port or servers.free_port(),
        chosen.port + 1 if chosen.port else servers.free_port(),
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-bench-")))
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        settings = world.environment(url, ports[0])
        app = world.build_app(settings)
        stack.callback(world.forget_store, app)
        made = world.fill(app, say)
        planned, kept = scenarios.prepare(app, made)
        world.settle(url)
        say("servers")
        field = start(stack, settings, ports, folder)
        rows = measure(app, field, planned, clients=chosen.clients, seconds=chosen.seconds)
        waited = watch_wall(app, field, made.wall_cookie, kept)
    say("calibration")
    calibrated = calibration.measure()
    say("import")
    imported = importing.measure()
    if chosen.search:
        say("search")
        search.main(["--items", str(chosen.search)])
    print(report.table(rows, waited))
    print(calibration.table(calibrated))
    print(importing.table(imported))
    settings = {"seconds": chosen.seconds, "clients": chosen.clients}
    saved = report.save(rows, waited, calibrated, imported, settings)
    print(f"saved: {saved.relative_to(Path.cwd())}" if saved.is_relative_to(Path.cwd()) else saved)
    has_failed = waited.missed or any(row.figures.load.errors for row in rows)
    return 1 if has_failed or calibration.has_failed(calibrated) else 0


if __name__ == "__main__":
    sys.exit(main())
