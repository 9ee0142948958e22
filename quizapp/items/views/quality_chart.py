"""The drawings of the quality desk as plain numbers: who chose what, and how long it took."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from question_bank.psychometrics import response_time
from question_bank.psychometrics.distractors import OptionNumbers, join_thin_groups, pool
from question_bank.psychometrics.flags import LEAST_IN_GROUP, percent

LINE_HEIGHT = 19  # of the labels at the right end: below, they would cover each other
_QUARTER = 0.25


@dataclass(frozen=True)
class Line:
    """The line of one option: points as SVG wants them, and the label at its right end."""

    letter: str
    role: str  # key, rival or other
    points: tuple[tuple[float, float], ...]
    label_y: float
    percent: int

    @property
    def path(self) -> str:
        """Return the points for a polyline."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@dataclass(frozen=True)
class Chart:
    """Shares by group; ``ticks`` are (y, per cent) from the bottom, ``people`` those of a group."""

    width: int
    height: int
    left: float
    right: float
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, int], ...]
    xs: tuple[float, ...]
    people: tuple[int, ...]

    @property
    def bottom(self) -> float:
        """Return where 0 % is."""
        return self.ticks[0][0]


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram; a rapid one is shorter than anybody reads."""

    x: float
    y: float
    width: float
    height: float
    is_rapid: bool


@dataclass(frozen=True)
class Histogram:
    """Times as bars, with what stands below the first and the last one, in seconds."""

    bars: tuple[Bar, ...]
    first_edge: int
    last_edge: int
    is_open: bool  # the last bar has no end


@dataclass(frozen=True)
class Shares:
    """The shares of an option in the groups that are drawn; ``role`` as in the chart."""

    letter: str
    role: str
    by_group: tuple[float, ...]


def group_shares(
    options: Sequence[OptionNumbers],
    answered: Sequence[int],
    letters: dict[str, str],
    rivals: Collection[str],
) -> tuple[tuple[Shares, ...], tuple[int, ...]]:
    """Return the shares of each option in groups of ten people or more, and those people.

    Groups that are too thin were joined with a neighbour. ``rivals`` are letters of options that
    beat the key.
    """
    groups = join_thin_groups(answered, LEAST_IN_GROUP)
    people = pool(answered, groups)
    found = []
    for option in options:
        counts = [
            round((share or 0.0) * number)
            for share, number in zip(option.shares, answered, strict=True)
        ]
        letter = letters[option.id]
        role = "key" if option.is_key else "rival" if letter in rivals else "other"
        pooled = zip(pool(counts, groups), people, strict=True)
        found.append(Shares(letter, role, tuple(number / of for number, of in pooled)))
    return tuple(found), people


def draw_shares(
    shares: Sequence[Shares], people: Sequence[int], *, width: int, height: int, label_width: int
) -> Chart:
    """Return the chart of shares by group, ``label_width`` left for words at its right."""
    left, right, top, bottom = 44.0, float(width - label_width), 22.0, float(height - 36)
    most = max((value for line in shares for value in line.by_group), default=0.0)
    steps = max(1, -(-int(most * 1000) // 250))
    scale = (bottom - top) / (steps * _QUARTER)
    inner = right - left - 32
    gaps = max(1, len(people) - 1)
    xs = tuple(left + 16 + inner * place / gaps for place in range(len(people)))
    ends = [bottom - line.by_group[-1] * scale for line in shares]
    labels = spread(ends, top, bottom)
    return Chart(
        width=width,
        height=height,
        left=left,
        right=right,
        lines=tuple(
            Line(
                letter=line.letter,
                role=line.role,
                points=tuple(
                    (round(x, 1), round(bottom - value * scale, 1))
                    for x, value in zip(xs, line.by_group, strict=True)
                ),
                label_y=round(y, 1),
                percent=percent(line.by_group[-1]),
            )
            for line, y in zip(shares, labels, strict=True)
        ),
        ticks=tuple(
            (round(bottom - step * _QUARTER * scale, 1), step * 25) for step in range(steps + 1)
        ),
        xs=xs,
        people=tuple(people),
    )


def spread(ends: Sequence[float], top: float, bottom: float) -> list[float]:
    """Return places for labels near ``ends``, none closer than a line to another.

    From the bottom up each is lifted as far as it has to be; a pile that would leave the drawing
    at the top is pushed down again.
    """
    order = sorted(range(len(ends)), key=lambda place: (-ends[place], -place))
    found = list(ends)
    limit = bottom + LINE_HEIGHT
    for place in order:
        found[place] = limit = min(ends[place], limit - LINE_HEIGHT)
    floor = top
    for place in reversed(order):
        found[place] = max(found[place], floor)
        floor = found[place] + LINE_HEIGHT
    return found


def draw_times(counts: Sequence[int], *, width: int = 260, height: int = 64) -> Histogram:
    """Return the histogram of times, without the empty buckets at its end."""
    last = max((bucket for bucket, number in enumerate(counts) if number), default=0)
    number = max(6, last + 1)
    step = width / number
    most = max(counts, default=0) or 1
    bars = []
    for bucket in range(number):
        tall = round(height * counts[bucket] / most, 1)
        tall = max(tall, 2.0) if counts[bucket] else 0.0
        bars.append(
            Bar(
                x=round(bucket * step, 1),
                y=round(height - tall, 1),
                width=round(step - 4, 1),
                height=tall,
                is_rapid=bucket == 0,
            )
        )
    lower, upper = response_time.bounds(number - 1)
    first_edge = response_time.bounds(0)[1] or 0
    return Histogram(tuple(bars), first_edge, upper or lower, is_open=upper is None)
