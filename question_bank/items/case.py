"""A case: one situation and several items about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self, TypeAlias

from question_bank.items.choice import Choice
from question_bank.items.cloze import Cloze
from question_bank.items.essay import Essay
from question_bank.items.hashing import seeded_number
from question_bank.items.hotspot import Hotspot
from question_bank.items.matching import Matching
from question_bank.items.media import Media, media_from
from question_bank.items.numeric import Numeric
from question_bank.items.options import AS_AUTHORED, Prompt
from question_bank.items.ordering import Ordering
from question_bank.items.payloads import rebuilt
from question_bank.items.true_false import TrueFalse

Part: TypeAlias = Choice | TrueFalse | Cloze | Numeric | Ordering | Matching | Essay | Hotspot

PART_KINDS: Mapping[str, type[Part]] = MappingProxyType(
    {
        "single": Choice,
        "multiple": Choice,
        "true_false": TrueFalse,
        "cloze": Cloze,
        "numeric": Numeric,
        "ordering": Ordering,
        "matching": Matching,
        "essay": Essay,
        "hotspot": Hotspot,
    }
)
MAX_PARTS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A situation, the `stem`, and the items about it, which are graded one by one.

    Raises ValueError without parts, or when a part is a case itself.
    """

    kind: ClassVar[Literal["case"]] = "case"

    stem: str
    parts: tuple[Part, ...]
    explanation: str
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.parts) <= MAX_PARTS:
            raise ValueError(f"1 to {MAX_PARTS} parts are needed, not {len(self.parts)}")
        if any(part.kind not in PART_KINDS for part in self.parts):
            raise ValueError("a part of a case is no case")

    @property
    def is_automatic(self) -> bool:
        """Tell whether every part can be graded without a person."""
        return all(part.is_automatic for part in self.parts)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive; every part has a seed of its own."""
        return Prompt(
            self.kind,
            self.stem,
            media=self.media,
            parts=tuple(
                part.prompt(_seed_of_part(seed, number))
                for number, part in enumerate(self.parts, start=1)
            ),
        )

    def solution(self) -> tuple[str, ...]:
        """Return a line for each part: its number, and its own lines separated by semicolons."""
        return tuple(
            f"{number}. {'; '.join(part.solution())}"
            for number, part in enumerate(self.parts, start=1)
        )

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "parts": [part.to_payload() for part in self.parts],
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
            parts=tuple(rebuilt(part, PART_KINDS) for part in payload["parts"]),
            explanation=payload["explanation"],
            media=media_from(payload),
        )


def _seed_of_part(seed: int, number: int) -> int:
    return seed if seed == AS_AUTHORED else seeded_number("part", seed, number, bits=31)
