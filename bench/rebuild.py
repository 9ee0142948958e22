"""Building the boards anew from a large ledger: ``python -m bench.rebuild``.

A company of 50,000 teams and 1,000,000 people, every line of the ledger on a day that counts.
``flask rebuild boards`` runs as a person would run it, in a process of its own on a terminal, on a
ledger of two sizes. Told are seconds, the peak of the process's memory and the ratio of the two
peaks, whether the progress bar was drawn, and how many standings came out different the second
time, which has to be 0.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass

from . import masses, world
from .servers import ROOT

BYTES_A_LINE = 400  # of disk for a line of the ledger with its indexes, and for the log meanwhile


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Run:
    """One run of the command: seconds, its own processor seconds, peak memory, what it said."""

    seconds: float
    cpu: float
    peak_mb: float
    differed: int
    steps: int


def rebuild_once(settings: dict[str, str]) -> Run:
    """Run the command on a terminal of its own and return what it cost."""
    began = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ.update(settings)
        os.execv(
            sys.executable, [sys.executable, "-m", "flask", "--app", "quizapp", "rebuild", "boards"]
        )
    text = b""
    while True:
        try:
            some = os.read(terminal, 4096)
        except OSError:  # the other end of a terminal is gone
            break
        if not some:
            break
        text += some
    _pid, status, used = os.wait4(pid, 0)
    said = text.decode(errors="replace")
    found = re.search(r"(\d+) rows differed", said)
    if status or not found:
        raise SystemExit(f"the rebuild failed:\n{said[-2000:]}")
    return Run(
        seconds=time.monotonic() - began,
        cpu=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
        differed=int(found[1]),
        steps=len(set(re.findall(r"(\d+)/\d+ ", said))),
    )


def line(lines: int, name: str, run: Run) -> str:
    """Return the figures of a run as a line of text."""
    return (
        f"{lines:>12,} lines  {name:<6} {run.seconds:7.1f} s  own CPU {run.cpu:5.1f} s"
        f"  peak {run.peak_mb:6.0f} MB  {run.differed:>6,} rows differed"
        f"  progress drawn {run.steps} times"
    )


def main() -> int:
    """Fill, rebuild, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.rebuild", description=__doc__)
    parser.add_argument("--teams", type=int, default=masses.TEAMS)
    parser.add_argument(
        "--each", type=int, nargs="+", default=[2, 20], help="lines of everybody, ascending"
    )
    asked = parser.parse_args()
    most = asked.teams * masses.A_TEAM * asked.each[-1]
    if shutil.disk_usage(tempfile.gettempdir()).free < BYTES_A_LINE * most:
        say(f"{most:,} lines may need {BYTES_A_LINE * most / 1e9:.0f} GB of disk: give --each")
        return 2
    peaks = []
    with ExitStack() as stack:
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        settings = world.environment(url, 0)
        app = world.build_app(settings)
        stack.callback(world.forget_store, app)
        with app.app_context():
            company = masses.found(url, say, teams=asked.teams)
            today = masses.today_of(company)
            masses.open_season(company, today)
            written = 0
            for each in asked.each:
                lines = masses.write_ledger(url, today, range(written, each), say)
                written = each
                say(f"rebuilding from {lines:,} lines")
                print(line(lines, "build", rebuild_once(settings)), flush=True)
                again = rebuild_once(settings)
                print(line(lines, "again", again), flush=True)
                peaks.append(again.peak_mb)
                if again.differed:
                    return 1
    print(f"peak memory, most lines to fewest: {peaks[-1] / peaks[0]:.2f}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
