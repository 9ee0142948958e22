"""How long calibrating a large bank takes, and how its estimates compare with those of girth.

``python -m bench.calibration`` measures and prints; ``make bench`` does the same at its end. The
data are invented from known parameters, so that it can be said how well these are recovered. Each
measurement has a process of its own on one core, and its peak memory includes making the data.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from question_bank.psychometrics.irt import Responses, Step, fit

ROOT = Path(__file__).resolve().parent.parent
TARGET_SECONDS, TARGET_MEGABYTES = 60, 1024
# Numeric libraries take every core they find unless they are told before they are loaded.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SEED = 20_251_122


@dataclass(frozen=True)
class Size:
    """How much is calibrated: ``each`` is the number of items that one person answers."""

    people: int
    items: int
    each: int

    @property
    def responses(self) -> int:
        """Return the number of responses."""
        return self.people * self.each

    def __str__(self) -> str:
        """Return the size as people read it."""
        return f"{self.responses:,} responses of {self.people:,} people to {self.items:,} items"


LARGE = Size(people=20_000, items=2_000, each=50)
THIN = Size(people=100_000, items=2_000, each=10)
DENSE = Size(people=5_000, items=50, each=50)


@dataclass(frozen=True)
class Recovery:
    """How well estimates fit the truth: correlation and root mean square error of a and b."""

    a_correlation: float
    a_error: float
    b_correlation: float
    b_error: float

    def __str__(self) -> str:
        """Return the figures as people read them."""
        return (
            f"a r {self.a_correlation:.3f} rmse {self.a_error:.3f}, "
            f"b r {self.b_correlation:.3f} rmse {self.b_error:.3f}"
        )


@dataclass(frozen=True)
class Figures:
    """One calibration; ``failure`` says why there are no figures."""

    seconds: float = 0.0
    megabytes: float = 0.0
    steps: int = 0
    recovery: Recovery | None = None
    a: list[float] = field(default_factory=list)
    b: list[float] = field(default_factory=list)
    failure: str = ""


@dataclass(frozen=True)
class Truth:
    """Parameters that responses were drawn from, and the responses."""

    a: Any
    b: Any
    responses: Responses


def invent(size: Size) -> Truth:
    """Draw people, items and the responses of each person to some of the items."""
    dice = np.random.default_rng(SEED)
    a, b = dice.lognormal(0.0, 0.3, size.items), dice.normal(size=size.items)
    theta = dice.normal(size=size.people)
    items = np.empty((size.people, size.each), dtype=np.int32)
    for row in items:
        row[:] = dice.choice(size.items, size.each, replace=False)
    people = np.repeat(np.arange(size.people, dtype=np.int32), size.each)
    given = items.ravel()
    chance = 1.0 / (1.0 + np.exp(-a[given] * (theta[people] - b[given])))
    correct = (dice.random(size.responses) < chance).astype(np.int8)
    return Truth(a, b, Responses.from_entries(people, given, correct, size.items))


def recovery(truth: Truth, a: Any, b: Any) -> Recovery:
    """Compare estimates with the truth, over the items that have any."""
    known = np.isfinite(a) & np.isfinite(b)

    def compare(estimate: Any, true: Any) -> tuple[float, float]:
        error = np.sqrt(np.mean((estimate - true)[known] ** 2))
        return float(np.corrcoef(estimate[known], true[known])[0, 1]), float(error)

    return Recovery(*compare(a, truth.a), *compare(b, truth.b))


def ours(truth: Truth) -> Figures:
    """Calibrate with this project's own code."""
    began = time.perf_counter()
    found = fit(truth.responses, progress=_progress(began))
    return _figures(began, truth, found.a, found.b, found.steps)


def girths(truth: Truth) -> Figures:
    """Calibrate a complete table with girth; what keeps it from running is told."""
    table = np.zeros((truth.responses.item_count, truth.responses.people_count), dtype=int)
    table[truth.responses.items, truth.responses.people] = truth.responses.correct
    try:
        import girth

        began = time.perf_counter()
        found = girth.twopl_mml(table)
    except Exception as error:  # whatever it is, the line says so
        return Figures(failure=f"{type(error).__name__}: {error}")
    return _figures(began, truth, found["Discrimination"], found["Difficulty"], 0)


def _progress(began: float) -> Callable[[Step], None]:
    def tell(step: Step) -> None:
        if not sys.stderr.isatty():
            return
        print(
            f"\rbench: step {step.number}, log-likelihood {step.log_likelihood:.1f}, "
            f"change {step.change:.5f}, {time.perf_counter() - began:.1f} s ",
            end="\n" if step.change < 1e-4 else "",
            file=sys.stderr,
            flush=True,
        )

    return tell


def _figures(began: float, truth: Truth, a: Any, b: Any, steps: int) -> Figures:
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts kilobytes
    return Figures(
        seconds, peak, steps, recovery(truth, a, b), list(map(float, a)), list(map(float, b))
    )


RUNS: dict[str, tuple[Size, Callable[[Truth], Figures]]] = {
    "large": (LARGE, ours),
    "thin": (THIN, ours),
    "dense": (DENSE, ours),
    "girth": (DENSE, girths),
}


def run_alone(name: str) -> Figures:
    """Do one of RUNS in a process of its own, on one core."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.calibration", "--run", name],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        return Figures(failure=f"the process ended with {done.returncode}")
    told = json.loads(done.stdout.splitlines()[-1])
    told["recovery"] = Recovery(**told["recovery"]) if told["recovery"] else None
    return Figures(**told)


def _run_here(name: str) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    size, calibrate = RUNS[name]
    print(json.dumps(asdict(calibrate(invent(size)))))


def measure() -> dict[str, Figures]:
    """Do all of RUNS, one after the other."""
    return {name: run_alone(name) for name in RUNS}


def has_failed(measured: dict[str, Figures]) -> bool:
    """Tell whether one of our own runs failed; girth may."""
    return any(figures.failure for name, figures in measured.items() if name != "girth")


def table(measured: dict[str, Figures]) -> str:
    """Return what was measured in lines for people."""
    lines = [
        f"calibration, 2PL, one core (target {TARGET_SECONDS} s, {TARGET_MEGABYTES} MB):",
        *(_line(RUNS[name][0], measured[name]) for name in ("large", "thin")),
        f"the same complete data with girth: {DENSE}",
        _line("ours", measured["dense"]),
        _line("girth", measured["girth"]),
    ]
    if not (measured["dense"].failure or measured["girth"].failure):
        lines.append(f"  {_difference(measured['dense'], measured['girth'])}")
    return "\n".join(lines)


def _line(name: Any, figures: Figures) -> str:
    if figures.failure:
        return f"  {name}: did not run: {figures.failure}"
    steps = f", {figures.steps} EM steps" if figures.steps else ""
    return (
        f"  {name}: {figures.seconds:.1f} s, {figures.megabytes:.0f} MB at most{steps}; "
        f"{figures.recovery}"
    )


def _difference(first: Figures, second: Figures) -> str:
    a = np.abs(np.subtract(first.a, second.a)).max()
    b = np.abs(np.subtract(first.b, second.b)).max()
    return f"the two differ by {a:.3f} in a and {b:.3f} in b at most"


def main() -> int:
    """Measure and print; return 1 when a run of our own failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibration", description=__doc__)
    parser.add_argument("--run", choices=RUNS, help="do one run here and print it as JSON")
    chosen = parser.parse_args()
    if chosen.run:
        _run_here(chosen.run)
        return 0
    measured = measure()
    print(table(measured))
    return int(has_failed(measured))


if __name__ == "__main__":
    sys.exit(main())
