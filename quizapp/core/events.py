"""How a room tells the others that something happened, and the facts several rooms share.

The room that acts announces a fact; whoever cares listens. Listeners run inside the same
transaction, each behind its own savepoint: a broken listener is logged and loses only its own
writes and callbacks, never the act it reacts to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from typing import Any, Protocol, TypeVar

from .db import savepoint

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact, in the past tense."""


@dataclass(frozen=True, kw_only=True)
class Rewardable:
    """Something a person did that may earn points. ``source`` makes it count once.

    ``quantity`` is how often the activity was done at once (five correct responses: 5);
    ``occurred_on`` is the learning day; ``unit_id`` is the team the person was in on that day.
    ``user_id`` None: the team itself is the beneficiary, as for a question it answered together.
    """

    user_id: int | None
    activity: str
    source: str
    quantity: int
    occurred_on: date
    unit_id: int | None
    note: str = ""  # why nothing may be earned although it happened: "rapid"; empty otherwise


@dataclass(frozen=True, kw_only=True)
class RewardsDue(Event):
    """What one act may earn, all of it at once: it is written down in one go."""

    facts: tuple[Rewardable, ...]


@dataclass(frozen=True, kw_only=True)
class RewardCorrected(Event):
    """A fact was found to be another one than announced; ``quantity`` is the right one."""

    user_id: int
    activity: str
    source: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class GradedResponse:
    """One response as statistics and memory models need it; ``score`` is 0..1.

    ``is_confident`` None: not asked. ``purpose`` says why the item was asked: ``new``, ``review``
    or ``retest``.
    """

    item_id: int
    item_version_id: int
    score: float
    is_correct: bool
    is_rapid: bool
    is_confident: bool | None = None
    purpose: str = "new"


@dataclass(frozen=True, kw_only=True)
class ResponsesGraded(Event):
    """A person's responses became final, all of one attempt at once.

    ``source`` names the attempt, so that a listener can tell a repetition; ``unit_id`` is the team
    of that day.
    """

    user_id: int
    occurred_on: date
    unit_id: int | None
    mode: str
    source: str
    responses: tuple[GradedResponse, ...]


@dataclass(frozen=True, kw_only=True)
class GivenResponse:
    """A graded response with what was given, as statistics count it; ``score`` is 0..1."""

    item_id: int
    item_version_id: int
    score: float
    is_correct: bool
    is_rapid: bool
    given: tuple[str, ...]
    is_confident: bool | None = None
    purpose: str = "new"


@dataclass(frozen=True, kw_only=True)
class FinalSet:
    """One person's attempt that is final: the responses that count, and what was left out.

    ``source`` names the attempt as ``ResponsesGraded`` did; ``unit_id`` is the team of that day.
    ``omitted`` are the versions that were shown and got no response; what the person never came
    to is in neither.
    """

    person_id: int
    unit_id: int | None
    day: date
    mode: str
    source: str
    responses: tuple[GivenResponse, ...]
    omitted: tuple[int, ...]


E = TypeVar("E", bound=Event)


class ResponseSource(Protocol):
    """How a room tells again what people answered in it."""

    def since(self, day: date) -> Iterator[FinalSet]:
        """Yield every final set whose learning day is ``day`` or later, in the order of days."""

    def count_people(self, version_ids: Sequence[int]) -> dict[int, int]:
        """Return how many people answered each version, without those that nobody answered."""


_listeners: list[tuple[type[Event], Callable[[Any], None]]] = []
_reward_sources: dict[str, Callable[[date], Iterator[Rewardable]]] = {}
_response_sources: dict[str, ResponseSource] = {}


def listens_to(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a listener for ``kind`` and its subclasses."""

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        if (kind, listener) not in _listeners:
            _listeners.append((kind, listener))
        return listener

    return register


def announce(fact: Event) -> None:
    """Tell every listener about ``fact``, in the order they registered; part of a command."""
    for kind, listener in _listeners:
        if isinstance(fact, kind):
            try:
                with savepoint():
                    listener(fact)
            except Exception:
                log.exception("%s failed on %s", listener.__qualname__, fact)


def announce_rewards(facts: Iterable[Rewardable]) -> None:
    """Tell whoever rewards what one act may earn, all at once; nothing when there is nothing."""
    told = tuple(facts)
    if told:
        announce(RewardsDue(facts=told))


def tells_rewards(room: str) -> Callable[[Callable[[date], Iterator[Rewardable]]], Any]:
    """Register how ``room`` yields its rewardable facts again since a day.

    Facts are not stored: ``flask verify`` and ``flask rebuild points`` ask for them anew.
    """

    def register(source: Callable[[date], Iterator[Rewardable]]) -> Any:
        _reward_sources[room] = source
        return source

    return register


def rewards_since(day: date) -> Iterator[Rewardable]:
    """Yield every rewardable fact of every room whose learning day is ``day`` or later."""
    for room in sorted(_reward_sources):
        yield from _reward_sources[room](day)


def tells_responses(room: str, source: ResponseSource) -> None:
    """Register how ``room`` yields its graded responses again."""
    _response_sources[room] = source


def responses_since(day: date) -> Iterator[FinalSet]:
    """Yield the final sets of every room whose learning day is ``day`` or later, day by day."""
    sources = [_response_sources[room].since(day) for room in sorted(_response_sources)]
    return merge(*sources, key=lambda final: final.day)


def people_who_answered(version_ids: Sequence[int]) -> dict[int, int]:
    """Return how many people answered each version, in the room where most did."""
    found: dict[int, int] = {}
    for room in sorted(_response_sources):
        for version_id, number in _response_sources[room].count_people(version_ids).items():
            found[version_id] = max(number, found.get(version_id, 0))
    return found
