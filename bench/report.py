"""What a run says: a table for people, a file of JSON to compare with later."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .calibration import Figures as Calibration
from .freshness import Freshness
from .importing import Figures as Import
from .scenarios import Figures, Scenario

RESULTS = Path(__file__).resolve().parent / "results"
COLUMNS = (
    ("", "<12"),
    ("requests/s", ">10"),
    ("of hello", ">8"),
    ("target", ">6"),
    ("p50 ms", ">7"),
    ("p99 ms", ">7"),
    ("CPU ms", ">7"),
    ("SQL", ">4"),
    ("errors", ">6"),
)


@dataclass(frozen=True)
class Row:
    """A scenario with its figures; ``hello_rate`` is that of the runs around it."""

    scenario: Scenario
    figures: Figures
    hello_rate: float | None
    statements: list[str]

    @property
    def ratio(self) -> float | None:
        """Return the rate as a share of "hello", or None for "hello" itself."""
        return self.figures.rate / self.hello_rate if self.hello_rate else None


def table(rows: Sequence[Row], freshness: Freshness) -> str:
    """Return the table and, below it, the line about the walls."""
    lines = [_line([name for name, _format in COLUMNS])]
    for row in rows:
        load, target = row.figures.load, row.scenario.target
        lines.append(
            _line(
                [
                    row.scenario.name,
                    f"{row.figures.rate:.0f}",
                    f"{row.ratio:.3f}" if row.ratio else "",
                    f"{target:.2f}" if target else "",
                    f"{load.p50:.1f}",
                    f"{load.p99:.1f}",
                    f"{row.figures.cpu_ms:.2f}",
                    str(len(row.statements)) if row.ratio else "",
                    str(load.errors),
                ]
            )
        )
    lines.append(
        f"wall: a finished set is on the board after {freshness.p50:.2f} s (median of "
        f"{len(freshness.samples)}), {freshness.slowest:.2f} s at most; {freshness.missed} missed"
    )
    lines += [
        f"{row.scenario.name}: stopped early, every prepared request was used"
        for row in rows
        if row.figures.load.ran_dry
    ]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "  ".join(
        f"{cell:{form}}" for cell, (_name, form) in zip(cells, COLUMNS, strict=True)
    ).rstrip()


def save(
    rows: Sequence[Row],
    freshness: Freshness,
    calibrations: Mapping[str, Calibration],
    imports: Sequence[Import],
    settings: dict[str, Any],
) -> Path:
    """Write everything that was measured, with the machine it was measured on."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    measured = {
        "at": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "settings": settings,
        "scenarios": [
            {
                "name": row.scenario.name,
                "requests_per_second": row.figures.rate,
                "hello_per_second": row.hello_rate,
                "ratio": row.ratio,
                "target": row.scenario.target,
                "cpu_ms_per_request": row.figures.cpu_ms,
                "worker_cpu_share": row.figures.worker_cpu_share,
                "statements": row.statements,
                "load": asdict(row.figures.load),
            }
            for row in rows
        ],
        "imports": [asdict(each) for each in imports],
        "calibration": {name: asdict(each) for name, each in calibrations.items()},
        "wall_seconds": {"samples": freshness.samples, "missed": freshness.missed},
    }
    path.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, Any]:
    """Return what is known of the machine, and how busy it was."""
    return {
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": os.getloadavg(),
    }


def save_alone(name: str, measured: Mapping[str, Any]) -> Path:
    """Write the figures of a measurement that is run by itself, and return the file."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{name}-{now:%Y%m%dT%H%M%SZ}.json"
    whole = {"at": now.isoformat(timespec="seconds"), "machine": machine(), **measured}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
