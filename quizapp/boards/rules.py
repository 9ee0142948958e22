"""Decisions about pairing and presence, as pure functions."""

from __future__ import annotations

import itertools
import re
import secrets
import unicodedata
from datetime import datetime, time, timedelta

# Without 0 O 1 I L 2 Z 5 S 8 B: read across a hall, typed on a phone.
CODE_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
CODE_LENGTH = 6
CODE_SECONDS = 600
ONLINE_FOR = timedelta(seconds=45)
DISTANCES = (4, 6, 8, 10)
THEMES = ("dark", "light")
BOARD, PRESHIFT, ROTATE = "board", "preshift", "rotate"
SHOWS = (BOARD, PRESHIFT, ROTATE)
# When a display that rotates shows the pre-shift question, in its organisation's time.
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
    for part in parts:
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(part)
        begin, end = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
        if end <= begin:
            raise ValueError(part)
        spans.append((begin, end))
    spans.sort()
    if not 1 <= len(spans) <= MOST_SPANS:
        raise ValueError(text)
    if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
        raise ValueError(text)
    return tuple(spans)


def write_hours(spans: tuple[tuple[time, time], ...]) -> str:
    """Return spans as they are stored and typed: ``05:30-09:00 13:30-15:30``."""
    return " ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans)


def page_at(shows: str, hours: str, wall: datetime) -> str:
    """Return which page a display shows at ``wall``, the local time where it hangs."""
    if shows != ROTATE:
        return shows
    is_hour = any(begin <= wall.time() < end for begin, end in read_hours(hours))
    return PRESHIFT if is_hour else BOARD


def seconds_to_turn(shows: str, hours: str, wall: datetime) -> int | None:
    """Return after how many seconds a display turns to its other page; None when it never does."""
    if shows != ROTATE:
        return None
    edges = [edge for span in read_hours(hours) for edge in span]
    coming = [
        datetime.combine(wall.date() + timedelta(days=ahead), edge, wall.tzinfo)
        for ahead in (0, 1)
        for edge in edges
    ]
    return int(min(moment for moment in coming if moment > wall).timestamp() - wall.timestamp())
