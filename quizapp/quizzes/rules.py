"""Decisions of the quiz engine, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

DAILY, WEEKLY, THEMED = "daily", "weekly", "themed"
CHALLENGE, MISTAKES, PRACTICE = "challenge", "mistakes", "practice"
EXAM, STATUTORY, PRESHIFT = "exam", "statutory", "preshift"
BUILT_IN = (DAILY, CHALLENGE, MISTAKES, PRACTICE)  # an organisation has one of each
AUTHORED = (WEEKLY, THEMED, EXAM, STATUTORY)  # written on the assembly desk, or by a course
DAILY_COUNT = 5
REST_DAYS = 14
GRACE_AFTER_DAY = timedelta(hours=48)  # dead networks are nobody's fault
RECEIVED_KEPT = timedelta(days=7)
EFFORT_SHARE = 0.6  # of the responses, for "finished" to earn

# Nobody reads faster; skilled silent reading of Chinese is about 10 characters a second.
_CHARACTERS_PER_SECOND = 25
_FASTEST_SECONDS, _ALWAYS_ENOUGH_SECONDS = 1.0, 3.0


def attempt_source(attempt_id: int) -> str:
    """Return how facts about an attempt name it."""
    return f"attempt:{attempt_id}"


def daily_slot(day: object) -> str:
    """Return the key that makes a daily set unique for its person: one a learning day."""
    return f"{DAILY}:{day}"


def daily_deadline(day_closes_at: datetime) -> datetime:
    """Return until when responses to a daily set count: two days after its learning day."""
    return day_closes_at + GRACE_AFTER_DAY


def is_late(at: datetime, deadline_at: datetime) -> bool:
    """Tell whether a response that arrived at ``at`` came after the deadline."""
    return at > deadline_at


def is_rapid(seconds: float, characters: int) -> bool:
    """Tell whether ``seconds`` are too few to have read ``characters`` of stem and options.

    Response-time effort (Wise & Kong 2005) with a threshold by length, between 1 and 3 seconds:
    who knows the answer is quick too, so only what nobody could have read is flagged.
    """
    needed = characters / _CHARACTERS_PER_SECOND
    return seconds < min(max(needed, _FASTEST_SECONDS), _ALWAYS_ENOUGH_SECONDS)


def is_submission_uuid(text: str) -> bool:
    """Tell whether ``text`` is a UUID in its usual form."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


@dataclass(frozen=True)
class Graded:
    """What finishing needs to know of a response."""

    score: float
    is_correct: bool
    is_rapid: bool
    is_late: bool


@dataclass(frozen=True)
class Outcome:
    """What a set comes to: ``score`` of responses in time, and what may be rewarded."""

    score: float
    rewarded_correct: int
    correct_note: str
    is_complete: bool
    finished_note: str


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
    )
