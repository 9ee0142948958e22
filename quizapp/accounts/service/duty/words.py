"""The words that tables of absences and shifts use, read once from ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from quizapp.org import rules as org_rules

ABSENCES, SHIFTS = "absences", "shifts"
COLUMNS = {
    ABSENCES: ("number", "name", "kind", "since", "until", "unit_code"),
    SHIFTS: (
        "shifts",
        "unit_code",
        "number",
        "since",
        "until",
        "offset",
        "shifts_name",
        "cycle",
        "anchor",
    ),
}
NEEDED = {ABSENCES: ("number", "kind", "since"), SHIFTS: ("shifts",)}


@dataclass(frozen=True)
class Words:
    """What each word means, by the word without spaces and case; and the words for templates."""

    columns: Mapping[str, str]
    kinds: Mapping[str, str]
    shifts: Mapping[str, str]
    shown: Mapping[str, tuple[str, str]]  # in Chinese and in English, by meaning


@cache
def words() -> Words:
    """Return the words of the file beside this module."""
    data = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
    columns, kinds, shifts = (
        {key_of(word): meaning for meaning, known in data[part].items() for word in known}
        for part in ("columns", "kinds", "shifts")
    )
    shown = {
        meaning: (known[0], known[-1]) for part in data.values() for meaning, known in part.items()
    }
    return Words(columns, kinds, shifts, shown)


def key_of(word: str) -> str:
    """Return a word as it is compared: NFKC, without spaces and case."""
    return org_rules.normal_number(word)


def word_for(meaning: str, locale: str) -> str:
    """Return the word of a column, a kind or a shift in the language ``locale``."""
    chinese, english = words().shown[meaning]
    return english if locale == "en" else chinese


def read_cycle(text: str) -> str | None:
    """Return a pattern as letters, from shifts written one by one, or with their number of days.

    Both ``DDNNRRRR`` and ``14D14R`` are read, in Chinese words as well; None for anything else.
    """
    letters, number = "", ""
    for sign in key_of(text).replace(",", "").replace("/", "").replace("-", ""):
        if sign.isascii() and sign.isdigit():
            number += sign
            continue
        letter = words().shifts.get(sign)
        if letter is None or len(number) > 3:
            return None
        letters += letter * (int(number) if number else 1)
        number = ""
        if len(letters) > org_rules.MAX_CYCLE_DAYS:
            return None
    return letters if letters and not number and org_rules.is_cycle(letters) else None
