"""What the desk asks the room of a wording: how to show it, and what exactly is signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Point:
    """A point of a checklist that a kind of thing adds: its code, its words, and what helps."""

    code: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Sheet:
    """A wording as a reviewer reads it, drawn by ``template`` with ``context``.

    ``content_hash`` is over what is stored now: it is what a signature is for. ``points`` come
    before those that everything is checked for, by level.
    """

    template: str
    context: Mapping[str, Any]
    content_hash: str
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """What a room says about its things. ``name`` is called for the word in the current language.

    ``show`` takes (organisation, wording) and raises LookupError for a wording of another one;
    ``labels`` takes many wordings and returns a short remark for each, such as its number.
    """

    subject: str
    name: Callable[[], str]
    show: Callable[[int, int], Sheet]
    hash_of: Callable[[int], str]
    labels: Callable[[Sequence[int]], Mapping[int, str]]


_kinds: dict[str, Kind] = {}


def shows(kind: Kind) -> None:
    """Register how the wordings of one kind of thing are shown; the room of the thing says it."""
    _kinds[kind.subject] = kind


def kind_of(subject: str) -> Kind:
    """Return what is known about a kind of thing; raise LookupError for an unknown one."""
    return _kinds[subject]


def list_kinds() -> list[Kind]:
    """Return every kind of thing that is reviewed, by its subject."""
    return [_kinds[subject] for subject in sorted(_kinds)]
