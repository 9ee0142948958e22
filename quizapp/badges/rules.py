"""What earns a badge, what it may be called, and how its credential stands: pure functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"
VALID, SUSPENDED, REVOKED = "valid", "suspended", "revoked"
MASTERY, ACTIVITY, SEASON, WEEKS = "mastery", "activity", "season", "weeks"
KINDS = (MASTERY, ACTIVITY, SEASON, WEEKS)
GOLD, BRAND = "gold", "brand"
TONES = (GOLD, BRAND)

MAX_NAME = 24
MAX_DESCRIPTION = 200
MAX_REASON = 200
LEAST_MASTERED = 5  # fewer questions are luck, not mastery
MAX_NUMBER = 500
LAST_PLACE = 3  # places of honour: the first three
LEAST_COUNT = 5  # people from whom on a number about them is shown

# What can be counted, and the room it comes from: an activity is offered once its room exists.
ACTIVITIES = {
    "daily_finished": "quizzes",
    "quiz_passed": "quizzes",
    "item_contributed": "items",
    "report_accepted": "items",
    "contest_attended": "contests",
    "reading_task": "reading",
    "session_attended": "reading",
    "session_hosted": "reading",
}
# Lines of the ledger that say "it was not done": answered without reading, nothing right.
NOT_DONE = ("rapid", "none", "unknown")


@dataclass(frozen=True)
class Rule:
    """What earns a badge: ``number`` questions, times or weeks, or at best that place."""

    kind: str
    number: int
    topic_id: int | None = None
    topic_name: str = ""
    activity: str = ""


def is_reached(rule: Rule, value: int) -> bool:
    """Tell whether facts that come to ``value`` earn the badge.

    Of a season ``value`` is the place, 0: none; else it is how often.
    """
    if rule.kind == SEASON:
        return 0 < value <= rule.number
    return value >= rule.number


def missing(rule: Rule, value: int) -> int | None:
    """Return how many are still missing; None where no number says it, as of a season."""
    return None if rule.kind == SEASON else max(0, rule.number - value)


def nearness(rule: Rule, value: int) -> float:
    """Return how far somebody has come, 0..1; nobody is half way to a place."""
    return 0.0 if rule.kind == SEASON else min(1.0, value / rule.number)


def is_sound(rule: Rule) -> bool:
    """Tell whether a rule can be earned at all, and not by chance."""
    if rule.kind == MASTERY:
        return rule.topic_id is not None and LEAST_MASTERED <= rule.number <= MAX_NUMBER
    if rule.kind == ACTIVITY:
        return rule.activity in ACTIVITIES and 1 <= rule.number <= MAX_NUMBER
    if rule.kind == SEASON:
        return 1 <= rule.number <= LAST_PLACE
    return rule.kind == WEEKS and 1 <= rule.number <= MAX_NUMBER


def refused_word(text: str, words: Iterable[str]) -> str | None:
    """Return the first of ``words`` that ``text`` names, however it is spelled; else None."""
    plain = _plain(text)
    return next((word for word in words if _plain(word) and _plain(word) in plain), None)


def _plain(text: str) -> str:
    """Return letters and characters alone: width, case, spaces and signs make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LN")


def may_follow(before: str, after: str) -> bool:
    """Tell whether a credential in one state may come into another; revoked is the end."""
    return (before, after) in {
        (VALID, SUSPENDED),
        (VALID, REVOKED),
        (SUSPENDED, VALID),
        (SUSPENDED, REVOKED),
    }


def shown_count(number: int) -> int | None:
    """Return a number of people as it may be shown; None when they are too few."""
    return number if number >= LEAST_COUNT else None
