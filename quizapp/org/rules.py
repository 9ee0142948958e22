"""Decisions about days and names, as pure functions."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

DAY_STARTS_AT = time(6, 0)
MIN_TEAM = 5
GROUP, COMPANY, PLANT, WORKSHOP, TEAM = "group", "company", "plant", "workshop", "team"
KINDS = (GROUP, COMPANY, PLANT, WORKSHOP, TEAM)
PRIMARY, SECONDMENT = "primary", "secondment"

_SPACES = re.compile(r"\s+")


def learning_day(at: datetime, zone: str) -> date:
    """Return the learning day of ``at`` (aware): it runs from 06:00 to 06:00 in ``zone``.

    Night shifts end the day, not midnight.
    """
    wall = at.astimezone(ZoneInfo(zone))
    return wall.date() if wall.time() >= DAY_STARTS_AT else wall.date() - timedelta(days=1)


def day_opens_at(day: date, zone: str) -> datetime:
    """Return the moment at which the learning day ``day`` begins in ``zone``."""
    return datetime.combine(day, DAY_STARTS_AT, ZoneInfo(zone))


def day_closes_at(day: date, zone: str) -> datetime:
    """Return the first moment after the learning day ``day`` in ``zone``."""
    return day_opens_at(day + timedelta(days=1), zone)


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday of the week of ``day`` and the Monday after it."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def normal_number(number: str) -> str:
    """Return an employee number as it is compared: NFKC, no spaces, case folded."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", number)).casefold()


def normal_name(name: str) -> str:
    """Return a name as it is stored: NFC, no control characters, single spaces."""
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cc")
    return _SPACES.sub(" ", kept).strip()


def is_time_zone(name: str) -> bool:
    """Tell whether ``name`` is a time zone of the tz database."""
    return name in available_timezones()


def may_contain(outer: str, inner: str) -> bool:
    """Tell whether a unit of kind ``outer`` may have one of kind ``inner`` directly below it."""
    return KINDS.index(inner) > KINDS.index(outer)


def overlap(
    starts: date, ends: date | None, window_starts: date, window_ends: date
) -> tuple[date, date] | None:
    """Return the days that ``[starts, ends)`` shares with ``[window_starts, window_ends)``.

    ``ends`` None is open; the result is half open too, or None when there is no day.
    """
    first = max(starts, window_starts)
    last = min(ends or date.max, window_ends)
    return (first, last) if first < last else None
