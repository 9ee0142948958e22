"""Facts this room announces: what became of a wording that lives in another room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class WordingMoved(Event):
    """A wording stands somewhere else than before. ``subject`` is the kind of thing it words.

    ``subject_id`` is the wording, ``thread_id`` the thing through all its wordings.
    """

    subject: str
    subject_id: int
    thread_id: int
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class WordingSubmitted(WordingMoved):
    """A wording waits at ``level``, its first one."""

    level: str


@dataclass(frozen=True, kw_only=True)
class WordingPassed(WordingMoved):
    """A wording passed a level and waits at ``level``."""

    level: str


@dataclass(frozen=True, kw_only=True)
class WordingScheduled(WordingMoved):
    """A wording passed every level and is published at ``publish_at``."""

    publish_at: datetime


@dataclass(frozen=True, kw_only=True)
class WordingPublished(WordingMoved):
    """A wording is what people meet from now on. ``is_first``: the first of its thing ever."""

    author_id: int | None
    published_at: datetime
    is_first: bool


@dataclass(frozen=True, kw_only=True)
class WordingReturned(WordingMoved):
    """A reviewer gave a wording back, with a comment."""

    comment: str


@dataclass(frozen=True, kw_only=True)
class WordingCancelled(WordingMoved):
    """The author took a wording back before it was published."""


@dataclass(frozen=True, kw_only=True)
class WordingWithdrawn(WordingMoved):
    """A wording that people met, or were about to, was taken away."""


@dataclass(frozen=True, kw_only=True)
class WordingExpired(WordingMoved):
    """A wording reached its last day."""
