"""Decisions about passwords, delays and greetings, as pure functions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

MIN_PASSWORD, MAX_PASSWORD = 8, 128
ONE_TIME_PASSWORD_DAYS = 14
LINK_HOURS = 0.5
SESSION_DAYS = 30
NOTICE_VERSION = 1
FREE_TRIES = 5
FREE_TRIES_PER_ADDRESS = 100  # a whole workshop shares one address
FORGET_AFTER = timedelta(hours=1)

# Letters and digits that nobody confuses on a printed card or a screen across the room.
CLEAR_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"

# The passwords that people reach for first.
_COMMON = frozenset(
    """
    password password1 passw0rd p@ssw0rd 12345678 123456789 1234567890 87654321 147258369
    123123123 12341234 qwertyui qwerty123 1qaz2wsx 1q2w3e4r asdfghjk abcd1234 abc12345
    a1234567 a12345678 aa123456 woaini1314 woaini520 iloveyou 5201314520 987654321 admin123
    admin888 administrator letmein1 welcome1 sunshine football baseball princess
    """.split()  # noqa: SIM905 - a list of words reads better than a list of strings
)


def password_problem(password: str, *, known: Collection[str]) -> str | None:
    """Return why ``password`` is not taken: short, long, common, personal, same; None when it is.

    Any characters, a passphrase in Chinese too; no composition rules and no forced rotation.
    ``known`` are words that others can guess: employee number, name.
    """
    if len(password) < MIN_PASSWORD:
        return "short"
    if len(password) > MAX_PASSWORD:
        return "long"
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) < 4:
        return "common"
    if any(len(word) >= 4 and word.casefold() in folded for word in known):
        return "personal"
    return None


def delay_after(failures: int, *, free: int = FREE_TRIES) -> timedelta:
    """Return how long an account waits after its ``failures``-th wrong password in a row.

    Nothing for the first ``free``, then 30 seconds doubling up to 15 minutes. A delay, not a
    lock: a colleague who types a wrong number must not shut somebody out.
    """
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=30 * 2 ** min(failures - free, 6)), timedelta(minutes=15))


def is_forgotten(last_failure_at: datetime, now: datetime) -> bool:
    """Tell whether failures are so long ago that counting starts anew."""
    return now - last_failure_at > FORGET_AFTER


def greeting(hour: int) -> str:
    """Return the time of day of a greeting: night, morning, noon, afternoon or evening."""
    if hour < 5:
        return "night"
    if hour < 11:
        return "morning"
    if hour < 14:
        return "noon"
    return "afternoon" if hour < 18 else "evening"


def device_name(agent: str) -> str:
    """Return a coarse word for the device behind a user agent string."""
    for sign, name in (
        ("wxwork", "WeCom"),
        ("MicroMessenger", "WeChat"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ):
        if sign in agent:
            return name
    return "Browser"
