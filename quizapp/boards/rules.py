"""Decisions about displays, as pure functions: pairing, presence, what is on the wall when."""

from __future__ import annotations

import itertools
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

# Without 0 O 1 I L 2 Z 5 S 8 B: read across a hall, typed on a phone.
CODE_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
CODE_LENGTH = 6
CODE_SECONDS = 600
ONLINE_FOR = timedelta(seconds=45)
DISTANCES = (4, 6, 8, 10)
THEMES = ("dark", "light")
LOST_AFTER = timedelta(days=3)
BOARD, PRESHIFT, HONOURS = "board", "preshift", "honours"
EVENT, COUNTDOWN, NOTICES = "event", "countdown", "notices"
PAGES = (BOARD, PRESHIFT, HONOURS, EVENT, COUNTDOWN, NOTICES)
PAGE_SECONDS = 12
SECONDS = (6, 60)  # the shortest and the longest that a page stays
FLASH_SECONDS = 10
# When a display shows the pre-shift question, in its organisation's time.
HOURS = "05:30-09:00 13:30-15:30 21:30-23:30"
MOST_SPANS = 6
CODE_TRIES = 8  # wrong codes of a team on one display, in ten minutes


def new_code() -> str:
    """Return a random pairing code: 25^6, alive for ten minutes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def normal_code(typed: str) -> str:
    """Return a code as it is looked up: NFKC, upper case, without spaces and dashes."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in folded if letter not in " -\u3000—－")


def is_code(text: str) -> bool:
    """Tell whether ``text`` could be a code at all."""
    return len(text) == CODE_LENGTH and all(letter in CODE_ALPHABET for letter in text)


def is_online(last_seen: datetime | None, now: datetime) -> bool:
    """Tell whether a display that was heard of at ``last_seen`` counts as connected."""
    return last_seen is not None and now - last_seen < ONLINE_FOR


_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


def read_hours(text: str) -> tuple[tuple[time, time], ...]:
    """Return the spans of a text like ``05:30-09:00 13:30-15:30``, in order.

    Full-width signs and commas do as well. Raises ValueError for anything else, for a span that
    does not end after it begins, for spans that overlap, and for more than six.
    """
    folded = unicodedata.normalize("NFKC", text)
    parts = [part for part in re.split(r"[\s,;、]+", re.sub(r"[–—~]", "-", folded)) if part]
    spans = []
    for begin, end in map(_span, parts):
        if end <= begin:
            raise ValueError(text)
        spans.append((begin, end))
    spans.sort()
    if not 1 <= len(spans) <= MOST_SPANS:
        raise ValueError(text)
    if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
        raise ValueError(text)
    return tuple(spans)


def _span(text: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    begin, end = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    return begin, end


def read_awake(text: str) -> tuple[time, time] | None:
    """Return the span of the day in which a display is bright; None: it always is.

    A span that ends before it begins goes over midnight. Raises ValueError for anything else.
    """
    folded = re.sub(r"[–—~]", "-", unicodedata.normalize("NFKC", text)).strip()
    if not folded:
        return None
    begin, end = _span(folded)
    if begin == end:
        raise ValueError(text)
    return begin, end


def is_awake(awake: str, wall: datetime) -> bool:
    """Tell whether a display is bright at ``wall``, the local time where it hangs."""
    span = read_awake(awake)
    if span is None:
        return True
    begin, end = span
    now = wall.time()
    return begin <= now < end if begin < end else now >= begin or now < end


def write_hours(spans: tuple[tuple[time, time], ...]) -> str:
    """Return spans as they are stored and typed: ``05:30-09:00 13:30-15:30``."""
    return " ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans)


Page = tuple[str, int]  # what is shown, and for how many seconds
DEFAULT_PAGES: tuple[Page, ...] = tuple(
    (page, PAGE_SECONDS) for page in (BOARD, HONOURS, EVENT, COUNTDOWN, NOTICES)
)


def write_pages(pages: Iterable[Page]) -> str:
    """Return a sequence of pages as it is stored: ``board:12 honours:20``.

    Raises ValueError for an empty one, a page that does not exist or stands twice, and seconds out
    of bounds.
    """
    listed = list(pages)
    names = [name for name, _seconds in listed]
    if not listed or len(set(names)) < len(names) or not set(names) <= set(PAGES):
        raise ValueError(f"pages {names}")
    if not all(SECONDS[0] <= seconds <= SECONDS[1] for _name, seconds in listed):
        raise ValueError("seconds out of bounds")
    return " ".join(f"{name}:{seconds}" for name, seconds in listed)


def read_pages(stored: str) -> tuple[Page, ...]:
    """Return the pages of a stored sequence, in their order."""
    pairs = (part.split(":") for part in stored.split())
    return tuple((name, int(seconds)) for name, seconds in pairs)


def pages_at(stored: str, hours: str, wall: datetime) -> tuple[str, ...]:
    """Return the pages a display turns through at ``wall``, the local time where it hangs.

    In its hours the pre-shift question has the wall to itself, since a team thinks about it; out
    of them it is left out. A display that shows nothing else shows it all day.
    """
    names = tuple(name for name, _seconds in read_pages(stored))
    if PRESHIFT not in names or len(names) == 1:
        return names
    is_hour = any(begin <= wall.time() < end for begin, end in read_hours(hours))
    return (PRESHIFT,) if is_hour else tuple(name for name in names if name != PRESHIFT)


# --- how a display is -----------------------------------------------------------------------------

ONLINE, ASLEEP, STALE, LOST, UNPAIRED = "online", "asleep", "stale", "lost", "unpaired"
NEED_A_LOOK = (STALE, LOST)


def state_of(last_seen: datetime | None, now: datetime, *, is_awake: bool, is_revoked: bool) -> str:
    """Return how a display is: unpaired, asleep outside its hours, online, stale or lost.

    Stale: it was heard of, and shows what it had then. Lost: not for three days, or never.
    """
    if is_revoked:
        return UNPAIRED
    is_gone = last_seen is None or now - last_seen >= LOST_AFTER
    if not is_awake:
        return LOST if is_gone else ASLEEP
    if is_online(last_seen, now):
        return ONLINE
    return LOST if is_gone else STALE


# --- what is written on walls ---------------------------------------------------------------------

NOTICE, CITATION = "notice", "citation"
KINDS = (NOTICE, EVENT, COUNTDOWN, CITATION)
# The longest texts that can be read from ten metres on a page of their own, in characters.
TITLE = {NOTICE: 14, EVENT: 20, COUNTDOWN: 16, CITATION: 14}
TEXT = {NOTICE: 60, EVENT: 24, COUNTDOWN: 0, CITATION: 28}
FACT = 16  # a place, a host, seats; what stands below a name
NAME = 12
LINK = 200
MOST_UNITS = 20
LONGEST_DAYS = 366  # between the first and the last day of anything on a wall
WALL_CITATIONS, WALL_NOTICES, WALL_COUNTDOWNS = 6, 2, 2
NEWS_BYTES = 2048
# A person's name is on a wall only while this says agreed.
ASKED, AGREED, DECLINED, WITHDRAWN = "asked", "agreed", "declined", "withdrawn"
CONSENTS = (ASKED, AGREED, DECLINED, WITHDRAWN)
DECISIONS = {"agree": AGREED, "decline": DECLINED, "withdraw": WITHDRAWN}


def may_decide(consent: str, decision: str) -> bool:
    """Tell whether a person may ``decide`` so about a citation: change one's mind at any time."""
    allowed = {
        "agree": (ASKED, DECLINED, WITHDRAWN),
        "decline": (ASKED,),
        "withdraw": (AGREED,),
    }
    return consent in allowed.get(decision, ())


@dataclass(frozen=True)
class Days:
    """The days on which something is on walls, the last one included."""

    first: date
    last: date

    def hold(self, day: date) -> bool:
        """Tell whether ``day`` is one of them."""
        return self.first <= day <= self.last


def are_days(first: date, last: date, today: date) -> bool:
    """Tell whether these may be the days of something on a wall: not over yet, a year at most."""
    return first <= last and last >= today and (last - first).days <= LONGEST_DAYS


def has_hidden_signs(text: str) -> bool:
    """Tell whether a text has line breaks or signs that no wall can show."""
    return any(unicodedata.category(letter) in {"Cc", "Cf", "Co", "Zl", "Zp"} for letter in text)


_LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


def is_own_path(link: str) -> bool:
    """Tell whether a link is a path of this site; a wall leads nowhere else."""
    return len(link) <= LINK and _LOCAL_PATH.fullmatch(link) is not None


One = TypeVar("One")


def turn_of(listed: Sequence[One], day: date, room: int) -> list[One]:
    """Return the ``room`` of ``listed`` whose turn it is on ``day``: each gets its day."""
    if len(listed) <= room:
        return list(listed)
    start = day.toordinal() * room % len(listed)
    return [listed[(start + step) % len(listed)] for step in range(room)]
