"""The vocabulary of rosters: which words name which column, level, state and role."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("words.toml")
LEVELS = ("company", "plant", "workshop", "team")  # columns that name one level each, from the top

_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_SIGNS = re.compile(r"[\W_]+")


def word_key(text: str) -> str:
    """Return a word as it is compared: half width, no note in brackets, no signs, lower case."""
    plain = _NOTE.sub("", unicodedata.normalize("NFKC", text))
    return _SIGNS.sub("", plain).casefold()


@dataclass(frozen=True)
class Vocabulary:
    """What each word means; words are keys as ``word_key`` makes them."""

    people: Mapping[str, str]
    units: Mapping[str, str]
    kinds: Mapping[str, str]
    states: Mapping[str, str]
    roles: Mapping[str, str]
    endings: tuple[tuple[str, str], ...]  # longest first: the longer one is the more exact one
    separators: re.Pattern[str]
    day_marks: Mapping[int, str]  # for str.translate: to dashes between, to nothing after

    def kind_by_ending(self, name: str) -> str | None:
        """Return the level that the end of a unit's name speaks of, or None."""
        key = word_key(name)
        return next((kind for ending, kind in self.endings if key.endswith(ending)), None)

    def path_parts(self, text: str) -> list[str]:
        """Return the names on a path from the top down, without empty ones."""
        plain = self.separators.sub("/", text)
        return [part.strip() for part in plain.split("/") if part.strip()]


@cache
def vocabulary() -> Vocabulary:
    """Return the words of ``words.toml``."""
    with WORDS.open("rb") as file:
        words = tomllib.load(file)
    endings = [(key, kind) for key, kind in _meanings(words["endings"]).items()]
    marks = "".join(mark + _full_width(mark) for mark in words["paths"]["separators"])
    return Vocabulary(
        people=_meanings(words["people"]),
        units=_meanings(words["units"]),
        kinds=_meanings(words["kinds"]),
        states=_meanings(words["states"]),
        roles=_meanings(words["roles"]),
        endings=tuple(sorted(endings, key=lambda pair: -len(pair[0]))),
        separators=re.compile(f"[{re.escape(marks)}]"),
        day_marks=str.maketrans(
            dict.fromkeys(words["days"]["between"], "-") | dict.fromkeys(words["days"]["after"], "")
        ),
    )


def _meanings(lists: Mapping[str, list[str]]) -> dict[str, str]:
    return {word_key(word): meaning for meaning, words in lists.items() for word in words}


def _full_width(mark: str) -> str:
    """Return the full-width twin of an ASCII sign; other signs have none."""
    return chr(ord(mark) + 0xFEE0) if mark.isascii() else ""


def template_columns(locale: str) -> list[tuple[str, str]]:
    """Return the columns of an empty roster, (field, name), in the language ``locale``."""
    with WORDS.open("rb") as file:
        words = tomllib.load(file)
    place = 0 if locale == "zh_CN" else 1
    return [(field, names[place]) for field, names in words["template"].items()]
