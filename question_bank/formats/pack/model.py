"""What a pack is once it has been read."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from question_bank.formats.problems import Problem
from question_bank.items import Item

FORMAT = "zhixing-pack/1"

Difficulty = Literal["easy", "medium", "hard"]


@dataclass(frozen=True, slots=True)
class PackSource:
    """A document that items cite. `articles` is how many it has, 0 when it has no articles.

    `edition` and `url` are empty where they are not known, as after an export.
    """

    slug: str
    title: str
    short: str
    edition: str
    url: str
    articles: int


@dataclass(frozen=True, slots=True)
class PackItem:
    """An item with its passport: where it comes from and how long it may be trusted.

    `line` is where the item begins in the file it was read from; it is no part of what the item is.
    """

    uid: str
    item: Item
    topic: str
    difficulty: Difficulty
    source: PackSource
    clause: str
    verified_on: date
    valid_until: date
    workplace: str
    line: int | None = field(default=None, compare=False)

    @property
    def payload(self) -> dict[str, Any]:
        """Return the item itself as values that JSON can hold, without its passport."""
        return self.item.to_payload()


@dataclass(frozen=True, slots=True)
class Pack:
    """The items of one theme and the sources they cite, both in the order of the file."""

    theme: str
    title: str
    language: str
    licence: str
    author: str
    sources: tuple[PackSource, ...]
    items: tuple[PackItem, ...]


@dataclass(frozen=True, slots=True)
class PackReading:
    """What came of reading a file.

    `pack` holds the items that are whole. It is None when the file or the pack's own fields are not
    readable; the problems then still tell about every item.
    """

    pack: Pack | None
    problems: list[Problem]
