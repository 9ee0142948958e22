"""A number within a tolerance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.answers import best, check_spans, span_text, spans_from, spans_payload
from question_bank.items.draft import Span
from question_bank.items.media import Media, media_from
from question_bank.items.options import Prompt


@dataclass(frozen=True, slots=True)
class Numeric:
    """A question whose answer is a number in one of `spans`, in `unit` when it has one.

    Raises ValueError without spans, or for one that is empty or no number.
    """

    kind: ClassVar[Literal["numeric"]] = "numeric"
    is_automatic: ClassVar[bool] = True

    stem: str
    spans: tuple[Span, ...]
    explanation: str
    unit: str = ""
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        if not self.spans:
            raise ValueError("no number is accepted")
        check_spans(self.spans)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive: the same for every seed."""
        return Prompt(self.kind, self.stem, unit=self.unit, media=self.media)

    def solution(self) -> tuple[str, ...]:
        """Return the numbers or spans that give the most credit, with the unit."""
        return tuple(f"{span_text(span)} {self.unit}".strip() for span in best(self.spans))

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "spans": spans_payload(self.spans),
            "explanation": self.explanation,
        }
        if self.unit:
            payload["unit"] = self.unit
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            stem=payload["stem"],
            spans=spans_from(payload["spans"]),
            explanation=payload["explanation"],
            unit=payload.get("unit", ""),
            media=media_from(payload),
        )
