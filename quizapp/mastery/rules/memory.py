"""What a person knows of an item, as a pure function of how often and how well they met it.

The memory model is FSRS-6 (Ye et al., open-spaced-repetition) with its published parameters. A
card is folded from the whole list of its meetings, in the order of days, whatever order they were
told in: a set that was handed in two days late changes nothing about what comes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from fsrs import Card as Memory
from fsrs import Rating, Scheduler, State
from fsrs.scheduler import FUZZ_RANGES

GLANCED, WRONG, RIGHT, EASY = 0, Rating.Again.value, Rating.Good.value, Rating.Easy.value
RETENTION = 0.9  # how likely an item should still be known when it is due
LONGEST_DAYS = 180  # a regulation changes twice a year; longer intervals would outlive it
RIGHT_TO_MASTER = 3
# How these are told, and when, is the business of whoever set them; and the answer of a team is
# nobody's own knowledge.
NO_PRACTICE = frozenset({"exam", "statutory", "preshift"})

# The finest thing this room knows is a learning day, so there are no steps of minutes.
_SCHEDULER = Scheduler(
    desired_retention=RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_DAYS,
    enable_fuzzing=False,  # the library rolls dice; see ``fuzzed``
)


@dataclass(frozen=True)
class Meeting:
    """A person met an item in an attempt: when, in which version, and how it went.

    ``source`` names the attempt. ``retest_unit`` is None unless it was a cold re-test: then the
    team of that day, 0 for nobody's.
    """

    day: date
    source: str
    rating: int
    version_id: int
    retest_unit: int | None = None


@dataclass(frozen=True)
class Memorised:
    """What a person knows of an item.

    ``stability`` is in days: after so many it is known with 90 %; ``difficulty`` is 1..10. Both
    are None, and so are ``due_on`` and the last answer, while the item was only glanced at.
    ``lapses`` counts wrong answers to what was known before, ``streak`` right ones since the last
    wrong one.
    """

    version_id: int
    last_seen_on: date
    stability: float | None = None
    difficulty: float | None = None
    due_on: date | None = None
    answered_on: date | None = None
    last_rating: int | None = None
    reps: int = 0
    lapses: int = 0
    streak: int = 0
    is_mistake: bool = False
    mastered_on: date | None = None
    retested_on: date | None = None


def counts(mode: str) -> bool:
    """Tell whether what was answered in ``mode`` becomes part of what a person learns from."""
    return mode not in NO_PRACTICE


def rating_of(*, is_correct: bool, is_rapid: bool, is_confident: bool | None) -> int:
    """Return how an answer is rated; without effort it says nothing about what is known."""
    if is_rapid:
        return GLANCED
    if not is_correct:
        return WRONG
    return EASY if is_confident else RIGHT


def merged(known: Iterable[Meeting], told: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """Return all meetings in their order; what is told of an attempt replaces what was known."""
    by_source = {meeting.source: meeting for meeting in (*known, *told)}
    return tuple(sorted(by_source.values(), key=place_of))


def place_of(meeting: Meeting) -> tuple[date, int, str]:
    """Return where a meeting stands: by day, then attempt:9 before attempt:10."""
    return meeting.day, len(meeting.source), meeting.source


def fold(meetings: Sequence[Meeting], seed: str) -> Memorised:
    """Return what a person knows after ``meetings``, which are in order and not empty.

    ``seed`` names the person and the item; the same seed gives the same dates.
    """
    first = meetings[0]
    known = Memorised(version_id=first.version_id, last_seen_on=first.day)
    for meeting in meetings:
        known = _meet(known, meeting, seed)
    return known


def _meet(known: Memorised, meeting: Meeting, seed: str) -> Memorised:
    known = replace(
        known,
        version_id=meeting.version_id,
        last_seen_on=meeting.day,
        retested_on=known.retested_on if meeting.retest_unit is None else meeting.day,
    )
    if meeting.rating == GLANCED:
        return known
    stability, difficulty, interval = _review(known, meeting)
    streak = known.streak + 1 if meeting.rating != WRONG else 0
    is_graduating = known.is_mistake and streak >= RIGHT_TO_MASTER
    return replace(
        known,
        stability=stability,
        difficulty=difficulty,
        due_on=meeting.day + timedelta(days=fuzzed(interval, f"{seed}:{meeting.day}")),
        answered_on=meeting.day,
        last_rating=meeting.rating,
        reps=known.reps + 1,
        lapses=known.lapses + (meeting.rating == WRONG and known.streak > 0),
        streak=streak,
        is_mistake=(known.is_mistake or meeting.rating == WRONG) and not is_graduating,
        mastered_on=_mastered_on(known, meeting, is_graduating),
    )


def _mastered_on(known: Memorised, meeting: Meeting, is_graduating: bool) -> date | None:
    if meeting.rating == WRONG:
        return None
    return meeting.day if is_graduating else known.mastered_on


def _review(known: Memorised, meeting: Meeting) -> tuple[float, float, int]:
    """Return stability, difficulty and the interval in days after an answer."""
    memory, _log = _SCHEDULER.review_card(
        _memory(known), Rating(meeting.rating), _moment(meeting.day)
    )
    assert memory.stability is not None
    assert memory.difficulty is not None
    return memory.stability, memory.difficulty, (memory.due - _moment(meeting.day)).days


def _memory(known: Memorised) -> Memory:
    """Return the card as the library keeps it; without a number it would sleep to find one."""
    return Memory(
        card_id=0,
        state=State.Learning if known.stability is None else State.Review,
        stability=known.stability,
        difficulty=known.difficulty,
        due=_moment(known.due_on or known.last_seen_on),
        last_review=_moment(known.answered_on) if known.answered_on else None,
    )


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def fuzzed(interval: int, seed: str) -> int:
    """Return an interval in days, moved a little so that what was met together does not stay so.

    The range is FSRS's own; the place in it hangs on ``seed``, so that computing again gives it.
    """
    if interval < FUZZ_RANGES[0]["start"]:
        return interval
    delta = 1.0 + sum(
        part["factor"] * max(min(float(interval), part["end"]) - part["start"], 0.0)
        for part in FUZZ_RANGES
    )
    latest = min(round(interval + delta), LONGEST_DAYS)
    earliest = min(max(2, round(interval - delta)), latest)
    return earliest + drawn(seed) % (latest - earliest + 1)


def drawn(seed: str) -> int:
    """Return a large number that hangs on ``seed`` alone."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")


def retrievability(stability: float | None, answered_on: date | None, today: date) -> float:
    """Return how likely an item is still known on ``today``, 0..1; 0 when it never was answered."""
    if stability is None or answered_on is None:
        return 0.0
    memory = Memory(
        card_id=0,
        state=State.Review,
        stability=stability,
        due=_moment(answered_on),
        last_review=_moment(answered_on),
    )
    return float(_SCHEDULER.get_card_retrievability(memory, _moment(today)))


def is_firm(stability: float | None, answered_on: date | None, today: date) -> bool:
    """Tell whether an item is known well enough not to be asked again yet."""
    return retrievability(stability, answered_on, today) >= RETENTION


def is_ready(due_on: date | None, last_rating: int | None, today: date) -> bool:
    """Tell whether a mistake may be reviewed: it is due, or was just got wrong."""
    return last_rating == WRONG or (due_on is not None and due_on <= today)


def is_new(answered_on: date | None, last_rating: int | None, today: date) -> bool:
    """Tell whether a mistake was made today or the day before."""
    return (
        last_rating == WRONG
        and answered_on is not None
        and answered_on >= today - timedelta(days=1)
    )
