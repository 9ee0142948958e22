"""Single and multiple choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from question_bank.items.options import LETTERS, Option, Prompt, lettered, shuffled

Scoring = Literal["all_or_nothing", "partial"]


@dataclass(frozen=True, slots=True)
class Choice:
    """An item whose key is one option (`single`) or several (`multiple`).

    `is_fixed` keeps the author's order of options. `scoring` matters for `multiple` only: `partial`
    gives the share of the key that was chosen, less the wrong options chosen.

    Raises ValueError for an item that could not be shown or graded.
    """

    kind: Literal["single", "multiple"]
    stem: str
    options: tuple[Option, ...]
    key: frozenset[str]
    explanation: str
    is_fixed: bool = False
    scoring: Scoring = "all_or_nothing"

    def __post_init__(self) -> None:
        ids = self.option_ids
        if self.kind not in ("single", "multiple"):
            raise ValueError(f"a choice cannot be of kind {self.kind!r}")
        if not 2 <= len(self.options) <= len(LETTERS):
            raise ValueError(f"a choice has 2 to {len(LETTERS)} options, not {len(self.options)}")
        if len(ids) != len(self.options):
            raise ValueError("two options share an id")
        if not self.key or not self.key <= ids:
            raise ValueError("the key names no option, or one that does not exist")
        if self.kind == "single" and len(self.key) != 1:
            raise ValueError("a single choice has exactly one key")
        if self.scoring not in ("all_or_nothing", "partial"):
            raise ValueError(f"unknown scoring {self.scoring!r}")
        if self.kind == "single" and self.scoring != "all_or_nothing":
            raise ValueError("only a multiple choice can give partial credit")

    @property
    def option_ids(self) -> frozenset[str]:
        """Return the ids that a response may name."""
        return frozenset(option.id for option in self.options)

    @property
    def key_ids(self) -> frozenset[str]:
        """Return the ids of the options that are right, as every kind of item does."""
        return self.key

    @property
    def max_chosen(self) -> int:
        """Return how many options a response may name."""
        return 1 if self.kind == "single" else len(self.options)

    def option_order(self, seed: int) -> tuple[str, ...]:
        """Return the option ids in the order that this seed shows them."""
        ids = tuple(option.id for option in self.options)
        return ids if self.is_fixed else shuffled(ids, seed)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive, options in the order of this seed."""
        by_id = {option.id: option for option in self.options}
        ordered = (by_id[option_id] for option_id in self.option_order(seed))
        return Prompt(self.kind, self.stem, lettered(ordered))

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        return {
            "kind": self.kind,
            "stem": self.stem,
            "options": [{"id": option.id, "text": option.text} for option in self.options],
            "key": sorted(self.key),
            "explanation": self.explanation,
            "is_fixed": self.is_fixed,
            "scoring": self.scoring,
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            kind=payload["kind"],
            stem=payload["stem"],
            options=tuple(Option(option["id"], option["text"]) for option in payload["options"]),
            key=frozenset(payload["key"]),
            explanation=payload["explanation"],
            is_fixed=payload["is_fixed"],
            scoring=payload["scoring"],
        )
