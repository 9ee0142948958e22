"""Options of an item, their ids and their order; the prompt that a learner's device receives."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from question_bank.items.hashing import seeded_number

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Option:
    """One option as its author wrote it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptOption:
    """One option as a learner sees it: the letter is its place, the id is what is sent back.

    The text is empty where wording it is the interface's business (true or false).
    """

    id: str
    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The only part of an item that leaves the server before the answer.

    It has no field for the key, the explanation or the scoring, so none of them can leak through
    it.
    """

    kind: str
    stem: str
    options: tuple[PromptOption, ...]


def identify(uid: str, texts: Sequence[str]) -> tuple[Option, ...]:
    """Give each option text its id: 8 hex digits from the item's uid and the text alone.

    Neither the key nor the position goes in, so correcting a key or moving an option changes no id.
    Texts are expected to differ. Should two of them meet on one id, the later in sorted order is
    hashed again.
    """
    ids: dict[str, str] = {}
    for text in sorted(set(texts)):
        attempt = 0
        while (candidate := _option_id(uid, text, attempt)) in ids.values():
            attempt += 1
        ids[text] = candidate
    return tuple(Option(ids[text], text) for text in texts)


def shuffled(ids: Iterable[str], seed: int) -> tuple[str, ...]:
    """Return the ids in an order that depends only on the set of ids and the seed.

    Starting from the sorted ids keeps the author's habits (the key often comes first) out of the
    result. Sorting by `random()` uses the one sequence that Python promises to keep from version to
    version.
    """
    ordered = sorted(ids)
    # The order of options is no secret: it needs to be repeatable, not unpredictable.
    generator = random.Random(seeded_number("option-order", seed, *ordered))  # nosec B311
    return tuple(sorted(ordered, key=lambda _: generator.random()))


def lettered(options: Iterable[Option]) -> tuple[PromptOption, ...]:
    """Give options, already in the order of the screen, their letters from A on (at most 26)."""
    return tuple(
        PromptOption(option.id, letter, option.text)
        for letter, option in zip(LETTERS, options, strict=False)
    )


def _option_id(uid: str, text: str, attempt: int) -> str:
    parts = (uid, text) if attempt == 0 else (uid, text, str(attempt))
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:8]
