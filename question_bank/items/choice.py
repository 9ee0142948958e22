"""Single and multiple choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_args

from question_bank.items.media import Media, media_from
from question_bank.items.options import (
    AS_AUTHORED,
    Option,
    Prompt,
    check_options,
    in_order,
    lettered,
    shuffled,
)

Scoring = Literal["all_or_nothing", "partial", "corrected", "weighted"]
SCORINGS: tuple[Scoring, ...] = get_args(Scoring)


@dataclass(frozen=True, slots=True)
class Choice:
    """An item whose key is one option (`single`) or several (`multiple`).

    `is_fixed` keeps the author's order of options. `scoring` says what a response is worth that is
    not the key exactly; `grading` has the formulas. `partial` and `corrected` are for `multiple`;
    `weighted` adds up the weights of the options chosen, and lets a single choice have several
    options that are right.

    Raises ValueError for an item that could not be shown or graded.
    """

    is_automatic: ClassVar[bool] = True

    kind: Literal["single", "multiple"]
    stem: str
    options: tuple[Option, ...]
    key: frozenset[str]
    explanation: str
    is_fixed: bool = False
    scoring: Scoring = "all_or_nothing"
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in ("single", "multiple"):
            raise ValueError(f"a choice cannot be of kind {self.kind!r}")
        ids = check_options(self.options, "options")
        if not self.key or not self.key <= ids:
            raise ValueError("the key names no option, or one that does not exist")
        if self.scoring not in SCORINGS:
            raise ValueError(f"unknown scoring {self.scoring!r}")
        if self.kind == "single" and self.scoring in ("partial", "corrected"):
            raise ValueError("only a multiple choice can give partial credit")
        if self.kind == "single" and self.scoring != "weighted" and len(self.key) != 1:
            raise ValueError("a single choice has exactly one key")
        self._check_weights()

    def _check_weights(self) -> None:
        weights = [option.weight for option in self.options if option.weight is not None]
        if weights and self.scoring != "weighted":
            raise ValueError("options have weights, but the scoring does not use them")
        if self.scoring == "weighted" and len(weights) != len(self.options):
            raise ValueError("an option has no weight")
        if not all(-1 <= weight <= 1 for weight in weights):
            raise ValueError("a weight is not between -1 and 1")

    @property
    def option_ids(self) -> frozenset[str]:
        """Return the ids that a response may name."""
        return frozenset(option.id for option in self.options)

    @property
    def key_ids(self) -> frozenset[str]:
        """Return the ids of the options that are right."""
        return self.key

    @property
    def max_chosen(self) -> int:
        """Return how many options a response may name."""
        return 1 if self.kind == "single" else len(self.options)

    def option_order(self, seed: int) -> tuple[str, ...]:
        """Return the option ids in the order that this seed shows them; `AS_AUTHORED` keeps it."""
        ids = tuple(option.id for option in self.options)
        return ids if self.is_fixed or seed == AS_AUTHORED else shuffled(ids, seed)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive, options in the order of this seed."""
        ordered = in_order(self.options, self.option_order(seed))
        return Prompt(self.kind, self.stem, lettered(ordered), media=self.media)

    def solution(self) -> tuple[str, ...]:
        """Return the texts of the options that are right, in the author's order."""
        return tuple(option.text for option in self.options if option.id in self.key)

    def feedback_on(self, option_id: str) -> str:
        """Return what is said to who chose an option, empty when there is nothing to say."""
        return next((o.feedback for o in self.options if o.id == option_id), "")

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it.

        Fields that came later are left out at their default: what was stored before them, and its
        hash, stay as they are.
        """
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "options": [option.to_payload() for option in self.options],
            "key": sorted(self.key),
            "explanation": self.explanation,
            "is_fixed": self.is_fixed,
            "scoring": self.scoring,
        }
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            kind=payload["kind"],
            stem=payload["stem"],
            options=tuple(Option.from_payload(option) for option in payload["options"]),
            key=frozenset(payload["key"]),
            explanation=payload["explanation"],
            is_fixed=payload["is_fixed"],
            scoring=payload["scoring"],
            media=media_from(payload),
        )
