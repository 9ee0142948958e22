"""Entries to put in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.media import Media, media_from
from question_bank.items.options import Option, Prompt, check_options, mixed

OrderScoring = Literal["all_or_nothing", "partial"]


@dataclass(frozen=True, slots=True)
class Ordering:
    """Entries, `options`, written down in their right order and shown in another.

    `scoring` says what an order is worth that is not quite right; `grading` has the formula.
    Raises ValueError for an item that could not be shown or graded.
    """

    kind: ClassVar[Literal["ordering"]] = "ordering"
    is_automatic: ClassVar[bool] = True

    stem: str
    options: tuple[Option, ...]
    explanation: str
    scoring: OrderScoring = "all_or_nothing"
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        check_options(self.options, "entries")
        if self.scoring not in ("all_or_nothing", "partial"):
            raise ValueError(f"unknown scoring {self.scoring!r}")

    @property
    def order(self) -> tuple[str, ...]:
        """Return the ids of the entries in their right order."""
        return tuple(option.id for option in self.options)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive, entries in the order of this seed."""
        return Prompt(self.kind, self.stem, mixed(self.options, seed), media=self.media)

    def solution(self) -> tuple[str, ...]:
        """Return the texts of the entries in their right order."""
        return tuple(option.text for option in self.options)

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "options": [option.to_payload() for option in self.options],
            "explanation": self.explanation,
        }
        if self.scoring != "all_or_nothing":
            payload["scoring"] = self.scoring
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            stem=payload["stem"],
            options=tuple(Option.from_payload(option) for option in payload["options"]),
            explanation=payload["explanation"],
            scoring=payload.get("scoring", "all_or_nothing"),
            media=media_from(payload),
        )
