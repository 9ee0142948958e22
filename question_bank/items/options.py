"""Options of an item, their ids and their order; the prompt that a learner's device receives."""

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from question_bank.items.hashing import seeded_number
from question_bank.items.media import Media

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The seed that leaves the options of a choice as their author wrote them. What has to be brought
# into an order, or matched, is mixed by it as by any seed: the author's order is the key.
AS_AUTHORED = 0

BlankKind = Literal["text", "number", "choice"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option as its author wrote it.

    `feedback` is said to who chose it, after the answer. `image` is the ref of a picture. `weight`
    is the credit it gives, -1.0 to 1.0; None leaves it to the scoring of the item.
    """

    id: str
    text: str
    feedback: str = ""
    image: str = ""
    weight: float | None = None

    def to_payload(self) -> dict[str, Any]:
        """Return it as values that JSON can hold, without what is at its default."""
        payload: dict[str, Any] = {"id": self.id, "text": self.text}
        if self.feedback:
            payload["feedback"] = self.feedback
        if self.image:
            payload["image"] = self.image
        if self.weight is not None:
            payload["weight"] = self.weight
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build it from its payload. Raises KeyError when id or text is missing."""
        return cls(
            payload["id"],
            payload["text"],
            payload.get("feedback", ""),
            payload.get("image", ""),
            payload.get("weight"),
        )


@dataclass(frozen=True, slots=True)
class PromptOption:
    """One option as a learner sees it: the letter is its place, the id is what is sent back.

    The text is empty where wording it is the interface's business (true or false), or where a
    picture, `image`, stands for it.
    """

    id: str
    letter: str
    text: str
    image: str = ""


@dataclass(frozen=True, slots=True)
class PromptBlank:
    """One blank as a learner sees it; `number` counts from 1. Its width says nothing."""

    number: int
    kind: BlankKind
    options: tuple[PromptOption, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptZone:
    """One zone of a picture as a learner sees it; `coords` as in `draft.Zone`."""

    id: str
    number: int
    shape: str
    coords: tuple[int, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The only part of an item that leaves the server before the answer.

    It has no field for the key, the explanation, the feedback or the scoring, so none of them can
    leak through it. Which fields are filled depends on `kind`: `options` are choices, the entries
    of an ordering, or the left sides of a matching; `targets` the right sides; `segments` the text
    of a cloze around its `blanks`, one more than there are blanks; `parts` the prompts of a case.
    """

    kind: str
    stem: str
    options: tuple[PromptOption, ...] = ()
    targets: tuple[PromptOption, ...] = ()
    segments: tuple[str, ...] = ()
    blanks: tuple[PromptBlank, ...] = ()
    unit: str = ""
    image: str = ""
    zones: tuple[PromptZone, ...] = ()
    media: tuple[Media, ...] = ()
    parts: tuple["Prompt", ...] = ()

    def texts(self) -> Iterator[str]:
        """Yield every text that a learner has to read, the stem first."""
        yield self.stem
        for option in (*self.options, *self.targets):
            yield option.text
        for blank in self.blanks:
            for option in blank.options:
                yield option.text
        for zone in self.zones:
            yield zone.label
        for part in self.parts:
            yield from part.texts()


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


def in_order(options: Iterable[Option], ids: Iterable[str]) -> list[Option]:
    """Return the options in the order of these ids."""
    by_id = {option.id: option for option in options}
    return [by_id[option_id] for option_id in ids]


def mixed(options: Iterable[Option], seed: int) -> tuple[PromptOption, ...]:
    """Return options as a learner sees them, in the order of the seed, lettered from A."""
    known = tuple(options)
    return lettered(in_order(known, shuffled((option.id for option in known), seed)))


def lettered(options: Iterable[Option]) -> tuple[PromptOption, ...]:
    """Give options, already in the order of the screen, their letters from A on (at most 26)."""
    return tuple(
        PromptOption(option.id, letter, option.text, option.image)
        for letter, option in zip(LETTERS, options, strict=False)
    )


def check_options(options: Sequence[Option], what: str, least: int = 2) -> frozenset[str]:
    """Return the ids of the options; raise ValueError unless they could be shown and told apart.

    `what` names them in the message; there are `least` to 26 of them, one for each letter.
    """
    if not least <= len(options) <= len(LETTERS):
        raise ValueError(f"{least} to {len(LETTERS)} {what} are needed, not {len(options)}")
    ids = frozenset(option.id for option in options)
    if len(ids) != len(options):
        raise ValueError(f"two of the {what} share an id")
    return ids


def _option_id(uid: str, text: str, attempt: int) -> str:
    parts = (uid, text) if attempt == 0 else (uid, text, str(attempt))
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:8]
