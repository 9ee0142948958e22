"""Decisions about tasks: how many a week, what is still shown, what a state is called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

VOLUNTARY, RECOMMENDED, STATUTORY = "voluntary", "recommended", "statutory"
WISHES = (VOLUNTARY, RECOMMENDED, STATUTORY)
UNIT, PERSON = "unit", "person"  # kinds of targets

WEEK_LIMIT = 2  # assigned tasks of a person a week; statutory training is not counted
SHOWN_DAYS = 30  # after its day a task stays in the list so long
AHEAD_DAYS = 180
WEEKS_LOOKED_AT = 8
MIN_COUNT = 5  # nothing about fewer people is ever told
MAX_UNITS, MAX_PEOPLE = 20, 50
MAX_NOTE = 200

OPEN, LATER, DONE, ASIDE, PAST = "open", "later", "done", "aside", "past"


@dataclass(frozen=True)
class Audience:
    """Whom a task is for: paths of units, with all below them, and people with their unit's path.

    A person without a unit has the path ``/``.
    """

    units: frozenset[str] = frozenset()
    people: Mapping[int, str] = field(default_factory=dict)


def lies_in(path: str, units: Iterable[str]) -> bool:
    """Tell whether a unit at ``path`` is one of ``units`` or lies below one."""
    return any(path.startswith(unit) for unit in units)


def meets(one: Audience, other: Audience) -> bool:
    """Tell whether somebody may be meant by both: units lie in each other, or a person is shared.

    By the tree, not by who happens to be in a unit today: people come and go.
    """
    return bool(
        any(lies_in(path, other.units) for path in one.units)
        or any(lies_in(path, one.units) for path in other.units)
        or any(lies_in(path, other.units) for path in one.people.values())
        or any(lies_in(path, one.units) for path in other.people.values())
        or one.people.keys() & other.people.keys()
    )


@dataclass(frozen=True, order=True)
class Place:
    """A place at which tasks are counted: a unit's path, and a person where one is meant by name.

    ``person_id`` 0: everybody in the unit.
    """

    path: str
    person_id: int = 0


def load_at(place: Place, audiences: Iterable[Audience]) -> int:
    """Return how many of these tasks somebody at ``place`` has."""
    return sum(
        lies_in(place.path, audience.units) or place.person_id in audience.people
        for audience in audiences
    )


def overburdened(new: Audience, others: Collection[Audience]) -> dict[Place, int]:
    """Return where a new task would be one too many, with how many there are of that week already.

    Everybody below a unit that has no tasks of their own has what the unit has, so it is enough
    to look at the units and people that any of the tasks names. Tasks of a unit, of the units
    above it and of those below it count together.
    """
    places = {Place(path) for path in new.units}
    places |= {Place(path, person_id) for person_id, path in new.people.items()}
    for other in others:
        places |= {Place(path) for path in other.units if lies_in(path, new.units)}
        places |= {
            Place(path, person_id)
            for person_id, path in other.people.items()
            if lies_in(path, new.units)
        }
    loads = {place: load_at(place, others) for place in places}
    return {place: load for place, load in sorted(loads.items()) if load >= WEEK_LIMIT}


def later_weeks(due_on: date, last_day: date | None) -> list[date]:
    """Return the same weekday of the weeks after ``due_on``, none after ``last_day``."""
    days = [due_on + timedelta(weeks=week) for week in range(1, WEEKS_LOOKED_AT + 1)]
    return [day for day in days if last_day is None or day <= last_day]


def first_shown(today: date) -> date:
    """Return the earliest day of a task that is still in a list today."""
    return today - timedelta(days=SHOWN_DAYS)


def state_of(
    *, is_done: bool, is_aside: bool, is_open: bool, opens_later: bool, is_statutory: bool
) -> str:
    """Return where a task stands for its person: open, later, done, aside or past.

    Done stays done whatever happens to the quiz. What cannot be done any more is past, not missed.
    Statutory training cannot be put aside.
    """
    if is_done:
        return DONE
    if not is_open:
        return LATER if opens_later else PAST
    return ASIDE if is_aside and not is_statutory else OPEN


def count_shown(done: int) -> int | None:
    """Return how many have done it, or None while fewer than five have: then nothing is told."""
    return done if done >= MIN_COUNT else None
