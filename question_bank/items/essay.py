"""A short text that a person marks with a rubric."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.draft import Criterion
from question_bank.items.media import Media, media_from
from question_bank.items.options import Prompt


@dataclass(frozen=True, slots=True)
class Essay:
    """A question answered in free words. `rubric` says what is marked, `sample` shows an answer.

    Raises ValueError without a rubric, or for a criterion that is worth nothing.
    """

    kind: ClassVar[Literal["essay"]] = "essay"
    is_automatic: ClassVar[bool] = False

    stem: str
    rubric: tuple[Criterion, ...]
    explanation: str
    sample: str = ""
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        if not self.rubric:
            raise ValueError("without a rubric nobody can mark an essay")
        if not all(criterion.text.strip() and criterion.points > 0 for criterion in self.rubric):
            raise ValueError("a criterion says nothing, or is worth nothing")

    @property
    def total(self) -> float:
        """Return the points that all criteria are worth together."""
        return sum(criterion.points for criterion in self.rubric)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive: the same for every seed."""
        return Prompt(self.kind, self.stem, media=self.media)

    def solution(self) -> tuple[str, ...]:
        """Return the sample, and below it what the rubric looks for."""
        criteria = tuple(criterion.text for criterion in self.rubric)
        return (self.sample, *criteria) if self.sample else criteria

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "rubric": [{"text": one.text, "points": one.points} for one in self.rubric],
            "explanation": self.explanation,
        }
        if self.sample:
            payload["sample"] = self.sample
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            stem=payload["stem"],
            rubric=tuple(Criterion(one["text"], one["points"]) for one in payload["rubric"]),
            explanation=payload["explanation"],
            sample=payload.get("sample", ""),
            media=media_from(payload),
        )
