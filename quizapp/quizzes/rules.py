"""Decisions of the quiz engine, as pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from quizapp.org import rules as days

DAILY, WEEKLY, THEMED = "daily", "weekly", "themed"
CHALLENGE, MISTAKES, PRACTICE = "challenge", "mistakes", "practice"
EXAM, STATUTORY, PRESHIFT = "exam", "statutory", "preshift"
BUILT_IN = (DAILY, CHALLENGE, MISTAKES, PRACTICE)  # an organisation has one of each
AUTHORED = (WEEKLY, THEMED, EXAM, STATUTORY)  # written on the assembly desk, or by a course
MARKED = (EXAM, STATUTORY)  # where somebody marks essays
EARNING = (WEEKLY, THEMED)  # where passing earns, the first time

VERDICT, EXPLANATION, KEY, SOURCE = "verdict", "explanation", "key", "source"
EVERYTHING = frozenset({VERDICT, EXPLANATION, KEY, SOURCE})
DURING, AFTER, CLOSED = "during", "after", "closed"  # the phases of feedback

DAILY_COUNT = 5
CHALLENGE_STEP = 10  # a challenge draws so many at a time
MISTAKES_COUNT = 10
PRACTICE_COUNT = 5
DAILY_DUE = 2  # reviews in a daily set, at most
REST_DAYS = 14
SECONDS_AN_ITEM = 40  # what a question takes where there is no clock
STARTS_A_DAY = 100  # of one person, all modes together
GRACE_SECONDS = 60
FACTORS = (1.25, 1.5, 0.0)  # of an accommodation; 0: no clock
GRACE_AFTER_DAY = timedelta(hours=48)  # dead networks are nobody's fault
UNTIMED_KEPT = timedelta(days=7)  # an attempt without a clock and without a closing time
RECEIVED_KEPT = timedelta(days=7)
EFFORT_SHARE = 0.6  # of the responses, for "finished" to earn
NEXT_TO_NOTHING = 1e-9

# Nobody reads faster; skilled silent reading of Chinese is about 10 characters a second.
_CHARACTERS_PER_SECOND = 25
_FASTEST_SECONDS, _ALWAYS_ENOUGH_SECONDS = 1.0, 3.0
_NORMATIVE_SHARE, _NORMATIVE_MOST = 0.1, 10.0


def attempt_source(attempt_id: int) -> str:
    """Return how facts about an attempt name it."""
    return f"attempt:{attempt_id}"


def passed_source(blueprint_id: int) -> str:
    """Return the source of the reward for passing a quiz: one for all attempts at it."""
    return f"quiz:{blueprint_id}:passed"


def daily_slot(day: object) -> str:
    """Return the key that makes a daily set unique for its person: one a learning day."""
    return f"{DAILY}:{day}"


def quiz_slot(blueprint_id: int, number: int) -> str:
    """Return the key that makes a numbered attempt at a quiz unique for its person."""
    return f"quiz:{blueprint_id}:{number}"


def daily_deadline(day_closes_at: datetime) -> datetime:
    """Return until when responses to a daily set count: two days after its learning day."""
    return day_closes_at + GRACE_AFTER_DAY


def deadline(
    started_at: datetime,
    *,
    limit_seconds: int | None,
    factor: float,
    closes_at: datetime | None,
    otherwise: datetime,
) -> datetime:
    """Return when an attempt that begins now has to be handed in.

    The limit times the person's factor, but not after the quiz closes; who has no limit, or an
    accommodation without a clock (factor 0), has until it closes, or until ``otherwise``.
    """
    if limit_seconds is None or factor == 0:
        return closes_at or otherwise
    at = started_at + timedelta(seconds=round(limit_seconds * factor))
    return min(at, closes_at) if closes_at else at


def is_late(at: datetime, deadline_at: datetime, grace_seconds: int = 0) -> bool:
    """Tell whether what arrived at ``at`` came after the deadline and its grace."""
    return at > deadline_at + timedelta(seconds=grace_seconds)


Window = tuple[datetime, datetime]


def lost_seconds(windows: Sequence[Window], started_at: datetime, deadline_at: datetime) -> int:
    """Return how long the clock of an attempt stood still, in whole seconds, rounded up.

    It stops when an outage begins and goes on when that ends, so that whoever had ten minutes left
    has ten minutes left. ``deadline_at`` is the one without any time given back. Windows that
    overlap count once: the same outage may be found and entered by hand. What lay before the start,
    or began after the time was over, was taken from nobody.
    """
    lost, reached = timedelta(0), started_at
    for began_at, ended_at in sorted(windows):
        began_at = max(began_at, reached)
        if began_at < min(ended_at, deadline_at + lost):
            lost += ended_at - began_at
        reached = max(reached, ended_at)
    return -(-lost // timedelta(seconds=1))


def phase(*, is_final: bool, is_closed: bool) -> str:
    """Return the phase of feedback: while it is taken, once handed in, once the quiz closed."""
    if not is_final:
        return DURING
    return CLOSED if is_closed else AFTER


def is_passed(score: float, length: int, cut_score: float | None) -> bool | None:
    """Tell whether ``score`` of ``length`` reaches the cut score; None without one."""
    if cut_score is None or not length:
        return None
    return score / length >= cut_score - NEXT_TO_NOTHING


def rapid_seconds(characters: int, typical_seconds: float | None) -> float:
    """Return below how many seconds a response is a rapid guess.

    By length: nobody has read ``characters`` of stem and options faster (between 1 and 3 seconds).
    By the item's own distribution: a tenth of its typical time, at most 10 seconds (the normative
    threshold NT10, Wise & Ma 2012), where enough people have answered; else None.
    """
    read = characters / _CHARACTERS_PER_SECOND
    by_length = min(max(read, _FASTEST_SECONDS), _ALWAYS_ENOUGH_SECONDS)
    normative = min((typical_seconds or 0.0) * _NORMATIVE_SHARE, _NORMATIVE_MOST)
    return max(by_length, normative)


def is_rapid(seconds: float, characters: int, typical_seconds: float | None = None) -> bool:
    """Tell whether ``seconds`` are too few to have read an item (Wise & Kong 2005)."""
    return seconds < rapid_seconds(characters, typical_seconds)


def is_submission_uuid(text: str) -> bool:
    """Tell whether ``text`` is a UUID in its usual form."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


@dataclass(frozen=True)
class Graded:
    """What finishing needs to know of a response; ``is_pending``: nobody has marked it yet."""

    score: float
    is_correct: bool
    is_rapid: bool
    is_late: bool
    is_pending: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a set comes to: ``score`` of responses in time, and what may be rewarded."""

    score: float
    rewarded_correct: int
    correct_note: str
    is_complete: bool
    finished_note: str
    awaits_marking: bool


def outcome(responses: Sequence[Graded], length: int) -> Outcome:
    """Return what a set of ``length`` items with these responses comes to.

    Late responses are kept and not counted. Rapid ones count for the score but earn nothing, and
    finishing earns when enough responses show that the items were read.
    """
    in_time = [r for r in responses if not r.is_late]
    correct = [r for r in in_time if r.is_correct]
    read = [r for r in in_time if not r.is_rapid]
    rewarded = sum(not r.is_rapid for r in correct)
    return Outcome(
        score=sum(r.score for r in in_time),
        rewarded_correct=rewarded,
        correct_note="rapid" if correct and not rewarded else "",
        is_complete=len(in_time) == length,
        finished_note="" if len(read) >= EFFORT_SHARE * length else "rapid",
        awaits_marking=any(r.is_pending for r in in_time),
    )


def told(parts: Collection[str]) -> str:
    """Return a set of things that are told, as a column keeps it."""
    return ",".join(sorted(parts))


def read_told(text: str) -> frozenset[str]:
    """Return what a column says is told; anything unknown is left out."""
    return frozenset(text.split(",")) & EVERYTHING


# --- the pre-shift question -----------------------------------------------------------------------

EARLY, MIDDLE, NIGHT = "A", "B", "C"  # the three shifts of a learning day, as the floor calls them
SLOTS = (EARLY, MIDDLE, NIGHT)
# A shift's question is on the wall half an hour before its shift, and until the next one's.
PRESHIFT_LEAD = timedelta(minutes=30)
PRESHIFT_HOURS = 8
PRESHIFT_REST_DAYS = 30
PRESHIFT_ENTRY_DAYS = 7  # so long a question answered on paper can be entered
PRESHIFT_STEM, PRESHIFT_OPTION, PRESHIFT_OPTIONS = 52, 20, 4  # hanzi; options: how many
PRESHIFT_WEAK = 0.75  # a facility up to which an item counts as one that many got wrong
MAX_HANDS = 500
TV, KIOSK, PAPER = "tv", "kiosk", "paper"  # the ways a team answers
WAYS = (TV, KIOSK, PAPER)


@dataclass(frozen=True)
class Shift:
    """A shift of a learning day: early, middle or night."""

    day: date
    slot: str


def shift_at(at: datetime, zone: str) -> Shift:
    """Return the shift whose question is on the wall at ``at`` (aware).

    Early from 05:30, middle from 13:30, night from 21:30 on in ``zone``.
    """
    moved = at + PRESHIFT_LEAD
    day = days.learning_day(moved, zone)
    hours = (moved - days.day_opens_at(day, zone)) // timedelta(hours=PRESHIFT_HOURS)
    return Shift(day, SLOTS[min(max(hours, 0), len(SLOTS) - 1)])


def may_enter(shift: Shift, now: Shift) -> bool:
    """Tell whether a shift's answer can be entered during ``now``: from it on, for a week."""
    if (shift.day, SLOTS.index(shift.slot)) > (now.day, SLOTS.index(now.slot)):
        return False
    return (now.day - shift.day).days <= PRESHIFT_ENTRY_DAYS


def width(text: str) -> float:
    """Return how many hanzi wide a text is: a letter of the Latin alphabet is half of one."""
    return sum(0.5 if letter.isascii() else 1 for letter in text)


def fits_wall(stem: str, options: Sequence[str]) -> bool:
    """Tell whether a question can be read from eight metres: one short stem, few short options."""
    return (
        "\n" not in stem
        and width(stem) <= PRESHIFT_STEM
        and 2 <= len(options) <= PRESHIFT_OPTIONS
        and all(width(option) <= PRESHIFT_OPTION for option in options)
    )


def preshift_seed(unit: str, shift: Shift) -> str:
    """Return the seed of a unit's question of a shift; ``unit`` is its public id."""
    return f"{PRESHIFT}:{unit}:{shift.day}:{shift.slot}"


def preshift_source(preshift_id: int) -> str:
    """Return how the ledger names the answer to a pre-shift question."""
    return f"{PRESHIFT}:{preshift_id}"
