"""Commands across rooms: verify, rebuild, doctor, and the two doors of the demo."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib import import_module

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from quizapp.core import clock, jobs
from quizapp.core.checks import all_invariants

LONG_SECONDS = 3600  # what a rebuild in the running server may take
BAR = 30  # signs

rebuild = AppGroup("rebuild", help="Make derived things anew from the truth.")


def add_commands(app: Flask) -> None:
    """Give ``app`` its commands and know every room's invariants."""
    for room in (
        "review",
        "items",
        "points",
        "agenda",
        "mastery",
        "quizzes",
        "leaderboards",
        "training",
        "badges",
        "teams",
    ):
        import_module(f"quizapp.{room}.checks")
    app.cli.add_command(verify)
    app.cli.add_command(doctor)
    app.cli.add_command(rebuild)


@click.command("verify")
def verify() -> None:
    """Check every invariant on the live database; exit 1 when a row breaks one. Changes nothing."""
    broken = 0
    for known in all_invariants():
        lines = list(known.check())
        broken += len(lines)
        click.echo(f"{known.number:>4}  {'ok' if not lines else 'BROKEN'}  {known.sentence}")
        for line in lines[:50]:
            click.echo(f"        {line}", err=True)
    sys.exit(1 if broken else 0)


@rebuild.command("boards")
def rebuild_boards() -> None:
    """Build the boards of the running seasons anew from the ledger and say what differed."""
    with _showing("leaderboards.rebuild"):
        number = jobs.run_anywhere("leaderboards.rebuild", patience_seconds=LONG_SECONDS)
    click.echo(f"{number} rows differed")


@contextlib.contextmanager
def _showing(name: str) -> Iterator[None]:
    """Draw on a terminal how far job ``name`` is while the block runs, in whatever process."""
    if not sys.stderr.isatty():
        yield
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    is_over = threading.Event()

    def draw() -> None:
        with app.app_context():
            while not is_over.wait(0.2):
                done, total = jobs.progress_of(name)
                if total:
                    bar = "#" * (BAR * done // total)
                    click.echo(f"\r[{bar:<{BAR}}] {done}/{total} ", nl=False, err=True)
        click.echo(err=True)

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    try:
        yield
    finally:
        is_over.set()
        drawing.join()


@rebuild.command("points")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None)
def rebuild_points(since: datetime | None) -> None:
    """Write ledger entries that are missing, from the facts that the rooms tell again."""
    from quizapp.points import service as points

    first = since.date() if since else clock.now().date() - timedelta(days=91)
    click.echo(f"{points.reward_again(first)} entries added")


@rebuild.command("badges")
def rebuild_badges() -> None:
    """Give every badge that is earned by facts and was not given."""
    from quizapp.badges.service import earning

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} / {total} ", nl=False, err=True)

    earned = earning.award_missing(tell=tell)
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(f"{earned} badges given")


@rebuild.command("mastery")
def rebuild_mastery() -> None:
    """Fold what everybody knows anew from the responses and say what differed."""
    from quizapp.mastery import service as mastery

    click.echo(f"{mastery.rebuild()} rows differed")


@rebuild.command("statistics")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None)
def rebuild_statistics(since: datetime | None) -> None:
    """Compute the numbers of all items anew from the responses and say what differed."""
    from quizapp.items import service as items

    def tell(day: date) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{day} ", nl=False, err=True)

    differed = items.count_again(since.date() if since else date(2000, 1, 1), tell)
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(f"{differed} rows differed")


@click.command("doctor")
def doctor() -> None:
    """Say whether the stores answer and a background process is alive."""
    from quizapp.core.http import readiness

    for name, state in readiness().items():
        click.echo(f"{name}: {state}")
    click.echo(f"background: {'ok' if jobs.is_background_alive() else 'not running'}")
    click.echo(f"configuration: {current_app.config['NAME']}")


def load_demo_world(progress: Callable[[str], None]) -> None:
    """Fill an empty database with the demo world; ``progress`` is told what happens."""
    from quizapp import demo

    demo.load(progress)


def make_demo_link() -> str:
    """Return the path of a fresh one-time link that signs in as the demo's employee."""
    from quizapp import demo

    return demo.make_link()
