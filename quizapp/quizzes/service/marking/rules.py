"""Decisions of marking and appeals, as pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

# For each text of a response, the points of each criterion of its rubric.
Points: TypeAlias = tuple[tuple[float, ...], ...]

FIRST, SECOND, ADJUDICATION, DONE = "first", "second", "adjudication", "done"
TOLERANCE = 0.2  # of all points: two marks that differ by more go to a third person
CLAIM_HOLDS = timedelta(minutes=30)  # nobody else gets a text that somebody has open
SETTLES_AFTER = timedelta(minutes=10)  # until then a mark can be taken back
APPEAL_DAYS = 14
MAX_WORDS = 500  # characters of a comment, a note, a reason, an answer
_HALVES_UP_TO = 5
_STEPS_UP_TO = 20
_NEXT_TO_NOTHING = 1e-9


def share(points: Points, most: Points) -> float:
    """Return the share of all points that was given, from 0.0 to 1.0."""
    return math.fsum(map(math.fsum, points)) / math.fsum(map(math.fsum, most))


def fits(points: Points, most: Points) -> bool:
    """Tell whether there are points for every criterion, none below 0 or above its most."""
    if [len(text) for text in points] != [len(text) for text in most]:
        return False
    return all(
        0 <= given <= top  # not true of what is no number
        for text, tops in zip(points, most, strict=True)
        for given, top in zip(text, tops, strict=True)
    )


def steps(most: float) -> tuple[float, ...]:
    """Return the points a criterion offers to choose from; none where a number is written.

    Halves up to 5 points, whole ones up to 20, and always the most there is.
    """
    if most > _STEPS_UP_TO:
        return ()
    size = 0.5 if most <= _HALVES_UP_TO else 1.0
    found = [number * size for number in range(int(most / size) + 1)]
    return tuple(found if found[-1] == most else [*found, most])


def differ(first: float, second: float) -> bool:
    """Tell whether two shares are further apart than marking may leave to a mean."""
    return abs(first - second) > TOLERANCE + _NEXT_TO_NOTHING


def next_stage(round_: str, markers: int, shares: Sequence[float]) -> str:
    """Return what a script waits for after a mark in ``round_``; ``shares`` are all so far."""
    if round_ == FIRST:
        return SECOND if markers > 1 else DONE
    if round_ == SECOND and differ(*shares):
        return ADJUDICATION
    return DONE


def final_points(marks: Mapping[str, Points]) -> Points:
    """Return what counts of the marks by round: the adjudicator's, else the mean of all there are.

    Raises ValueError without a mark.
    """
    if ADJUDICATION in marks:
        return marks[ADJUDICATION]
    given = [marks[name] for name in (FIRST, SECOND) if name in marks]
    if not given:
        raise ValueError("nobody has marked this")
    return tuple(
        tuple(math.fsum(each) / len(given) for each in zip(*texts, strict=True))
        for texts in zip(*given, strict=True)
    )


def is_held(claimed_at: datetime | None, now: datetime) -> bool:
    """Tell whether a text that was opened at ``claimed_at`` is still kept for who opened it."""
    return claimed_at is not None and now - claimed_at < CLAIM_HOLDS


def appeal_until(*known_since: datetime | None) -> datetime | None:
    """Return until when a score may be appealed against: days after all of these moments.

    They are those at which the score came about and was told; None: no such moment, and None as
    the result that there is none at all.
    """
    moments = [moment for moment in known_since if moment is not None]
    return max(moments) + timedelta(days=APPEAL_DAYS) if moments else None
