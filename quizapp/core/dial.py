"""The dial: the steps of a set drawn as an instrument, as ready SVG path strings.

Templates hold no trigonometry. ``paths`` is the template global ``dial_paths``; the macro in
``templates/core/_ui.html`` puts the strings into ``<path>`` elements and chooses their colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

START_DEGREES = 135.0  # lower left; the opening of the dial points down
SWEEP_DEGREES = 270.0
WIDEST_GAP_DEGREES = 9.0
MINOR_TICKS = 40  # along the whole sweep, shared out evenly over the steps


@dataclass(frozen=True, slots=True)
class DialPaths:
    """Path strings for one dial; all lengths in units of the square ``viewBox`` of ``size``."""

    size: int
    scale: str
    steps: tuple[str, ...]


@lru_cache(maxsize=64)
def paths(total: int, size: int = 104) -> DialPaths:
    """Return the graduated scale and one arc per step.

    ``total`` is the number of steps, at least 1 (smaller ones count as 1); ``size`` is the side of
    the ``viewBox``: 104 for the small dial with an 8 wide stroke, 176 for the large one with 7.
    """
    total = max(1, total)
    radius = size / 2 - 14
    return DialPaths(size, _scale(total, size / 2), _steps(total, size / 2, radius))


def _scale(total: int, centre: float) -> str:
    """Return the tick marks outside the arcs, a longer one wherever a step begins or ends."""
    minor = max(1, round(MINOR_TICKS / total))
    count = total * minor
    marks = []
    for index in range(count + 1):
        angle = START_DEGREES + SWEEP_DEGREES * index / count
        inner = centre - (6 if index % minor == 0 else 4)
        marks.append(f"M{_point(centre, inner, angle)}L{_point(centre, centre - 1, angle)}")
    return "".join(marks)


def _steps(total: int, centre: float, radius: float) -> tuple[str, ...]:
    """Return one arc per step, clockwise from the lower left, with equal gaps between them."""
    share = SWEEP_DEGREES / total
    gap = min(WIDEST_GAP_DEGREES, share / 4)
    length = (SWEEP_DEGREES - gap * (total - 1)) / total
    arcs = []
    for index in range(total):
        begin = START_DEGREES + index * (length + gap)
        large = 1 if length > 180 else 0
        arcs.append(
            f"M{_point(centre, radius, begin)}"
            f"A{radius:g} {radius:g} 0 {large} 1 {_point(centre, radius, begin + length)}"
        )
    return tuple(arcs)


def _point(centre: float, radius: float, degrees: float) -> str:
    """Return ``x y`` on the circle, rounded to a tenth of a unit."""
    x = centre + radius * cos(radians(degrees))
    y = centre + radius * sin(radians(degrees))
    return f"{x:.1f} {y:.1f}"
