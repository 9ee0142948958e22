"""Fill-in: a text with blanks to type words or numbers into, or to choose from a list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.answers import (
    accepted_from,
    accepted_payload,
    best,
    check_accepted,
    check_spans,
    span_text,
    spans_from,
    spans_payload,
)
from question_bank.items.draft import Accepted, Span
from question_bank.items.hashing import seeded_number
from question_bank.items.media import Media, media_from
from question_bank.items.options import (
    BlankKind,
    Option,
    Prompt,
    PromptBlank,
    check_options,
    mixed,
)

MAX_BLANKS = 40
_MARK = re.compile("_{4,}")


def marks_in(stem: str) -> int:
    """Return how many blanks a stem marks."""
    return len(_MARK.findall(stem))


def segments_of(stem: str, count: int) -> tuple[str, ...]:
    """Return the text around the blanks of a stem: one piece more than the `count` blanks.

    Four underscores or more are one blank. A single blank without a mark follows the stem.
    Raises ValueError when marks and blanks do not agree.
    """
    pieces = tuple(_MARK.split(stem))
    if len(pieces) == 1 and count == 1:
        return (stem, "")
    if len(pieces) != count + 1:
        raise ValueError(f"the stem has {len(pieces) - 1} blanks, answers are given for {count}")
    return pieces


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank: `accepted` texts, `spans` of numbers, or `options` to choose from.

    Exactly one of the three is filled. `key` names the options that are right. `weight` is the
    share of the blank beside the others. Raises ValueError for a blank that cannot be graded.
    """

    accepted: tuple[Accepted, ...] = ()
    spans: tuple[Span, ...] = ()
    options: tuple[Option, ...] = ()
    key: frozenset[str] = frozenset()
    weight: float = 1.0
    is_exact: bool = False

    def __post_init__(self) -> None:
        if sum(map(bool, (self.accepted, self.spans, self.options))) != 1:
            raise ValueError("a blank takes texts, or numbers, or one of its options")
        if not self.weight > 0:
            raise ValueError("a blank weighs more than nothing")
        check_accepted(self.accepted)
        check_spans(self.spans)
        if self.options:
            ids = check_options(self.options, "options")
            if not self.key or not self.key <= ids:
                raise ValueError("the key of a blank names no option, or one that does not exist")
        elif self.key:
            raise ValueError("only a blank with options has a key")

    @property
    def kind(self) -> BlankKind:
        """Return how the blank is filled."""
        return "choice" if self.options else "number" if self.spans else "text"

    def credit_of(self, option_id: str) -> float:
        """Return the credit of an option, 0.0 to 1.0: its weight, or whether it is right."""
        weight = next((o.weight for o in self.options if o.id == option_id), None)
        return float(option_id in self.key) if weight is None else max(0.0, weight)

    def solution(self) -> str:
        """Return what fills the blank, the texts that are as good separated by slashes."""
        if self.options:
            return " / ".join(o.text for o in self.options if o.id in self.key)
        if self.spans:
            return " / ".join(span_text(span) for span in best(self.spans))
        return " / ".join(one.text for one in best(self.accepted))

    def to_payload(self) -> dict[str, Any]:
        """Return it as values that JSON can hold, without what is at its default."""
        payload: dict[str, Any] = {}
        if self.accepted:
            payload["accepted"] = accepted_payload(self.accepted)
        if self.spans:
            payload["spans"] = spans_payload(self.spans)
        if self.options:
            payload["options"] = [option.to_payload() for option in self.options]
            payload["key"] = sorted(self.key)
        if self.weight != 1:
            payload["weight"] = self.weight
        if self.is_exact:
            payload["is_exact"] = True
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build it from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            accepted=accepted_from(payload.get("accepted", ())),
            spans=spans_from(payload.get("spans", ())),
            options=tuple(Option.from_payload(o) for o in payload.get("options", ())),
            key=frozenset(payload.get("key", ())),
            weight=payload.get("weight", 1.0),
            is_exact=payload.get("is_exact", False),
        )


@dataclass(frozen=True, slots=True)
class Cloze:
    """A text with blanks; `____` in the stem marks each.

    Raises ValueError when marks and blanks do not agree, or a blank cannot be graded.
    """

    kind: ClassVar[Literal["cloze"]] = "cloze"
    is_automatic: ClassVar[bool] = True

    stem: str
    blanks: tuple[Blank, ...]
    explanation: str
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.blanks) <= MAX_BLANKS:
            raise ValueError(f"1 to {MAX_BLANKS} blanks are needed, not {len(self.blanks)}")
        segments_of(self.stem, len(self.blanks))

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive; each list in an order of its own."""
        return Prompt(
            self.kind,
            self.stem,
            segments=segments_of(self.stem, len(self.blanks)),
            blanks=tuple(
                PromptBlank(
                    number,
                    blank.kind,
                    mixed(blank.options, seeded_number("blank", seed, number, bits=31)),
                )
                for number, blank in enumerate(self.blanks, start=1)
            ),
            media=self.media,
        )

    def solution(self) -> tuple[str, ...]:
        """Return what fills each blank, in their order."""
        return tuple(blank.solution() for blank in self.blanks)

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "blanks": [blank.to_payload() for blank in self.blanks],
            "explanation": self.explanation,
        }
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            stem=payload["stem"],
            blanks=tuple(Blank.from_payload(blank) for blank in payload["blanks"]),
            explanation=payload["explanation"],
            media=media_from(payload),
        )
