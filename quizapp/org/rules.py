"""Decisions about days and names, as pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

DAY_STARTS_AT = time(6, 0)
MIN_TEAM = 5
GROUP, COMPANY, PLANT, WORKSHOP, TEAM = "group", "company", "plant", "workshop", "team"
KINDS = (GROUP, COMPANY, PLANT, WORKSHOP, TEAM)
PRIMARY, SECONDMENT = "primary", "secondment"
RENAMED, MOVED, MERGED, SPLIT = "renamed", "moved", "merged", "split"
CHANGES = (RENAMED, MOVED, MERGED, SPLIT)

# A letter a day in a pattern of shifts: day, middle, night, rest.
DAY_SHIFT, MIDDLE_SHIFT, NIGHT_SHIFT, REST = "D", "M", "N", "R"
SHIFTS = (DAY_SHIFT, MIDDLE_SHIFT, NIGHT_SHIFT, REST)
MAX_CYCLE_DAYS = 120
LONG_REST_DAYS = 7

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


def is_cycle(cycle: str) -> bool:
    """Tell whether a text is a pattern of shifts: known letters, at least one of them at work."""
    return (
        0 < len(cycle) <= MAX_CYCLE_DAYS and set(cycle) <= set(SHIFTS) and bool(set(cycle) - {REST})
    )


def place_in_cycle(cycle: str, anchor: date, day: date, offset_days: int = 0) -> int:
    """Return at which place of a pattern ``day`` lies, counted from 0; days before it as well."""
    return ((day - anchor).days + offset_days) % len(cycle)


def long_rests(cycle: str) -> frozenset[int]:
    """Return the places of a pattern inside a rest of seven and more days in a row.

    The pattern repeats, so a rest may begin at its end and go on at its beginning. Ordinary days
    off are not among them: everybody has those.
    """
    length = len(cycle)
    at_work = [place for place, letter in enumerate(cycle) if letter != REST]
    places: set[int] = set()
    for place, following in zip(at_work, [*at_work[1:], at_work[0] + length], strict=True):
        if following - place - 1 >= LONG_REST_DAYS:
            places.update(day % length for day in range(place + 1, following))
    return frozenset(places)


def successor(unit_id: int, merged: Mapping[int, int]) -> int:
    """Return the unit in which a merged one lives on, over several mergers; itself when in none."""
    seen = {unit_id}
    while merged.get(unit_id, unit_id) not in seen:
        unit_id = merged[unit_id]
        seen.add(unit_id)
    return unit_id


def nearest(path: str, known: Iterable[int]) -> int | None:
    """Return the unit of ``known`` that is nearest above the end of ``path``, itself included."""
    among = set(known)
    ids = (int(part) for part in reversed(path.strip("/").split("/")))
    return next((unit_id for unit_id in ids if unit_id in among), None)
