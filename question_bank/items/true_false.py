"""True or false."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.options import Option, Prompt, lettered


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """A statement that holds or does not.

    Its options are always `true` and `false`, in this order; their wording belongs to the
    interface.

    Raises ValueError when the key is not a boolean.
    """

    kind: ClassVar[Literal["true_false"]] = "true_false"
    is_fixed: ClassVar[bool] = True
    max_chosen: ClassVar[int] = 1

    stem: str
    key: bool
    explanation: str

    def __post_init__(self) -> None:
        # A stored 0, 1, "true" or "false" would be graded as something else than its author meant.
        if not isinstance(self.key, bool):
            raise ValueError("the key of a true-or-false item is a boolean")

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the two options, without wording."""
        return (Option("true", ""), Option("false", ""))

    @property
    def option_ids(self) -> frozenset[str]:
        """Return the ids that a response may name."""
        return frozenset({"true", "false"})

    @property
    def key_ids(self) -> frozenset[str]:
        """Return the id of the option that is right, as every kind of item does."""
        return frozenset({"true" if self.key else "false"})

    def option_order(self, seed: int) -> tuple[str, ...]:
        """Return the option ids in the order they are shown: the same for every seed."""
        return ("true", "false")

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive: the same for every seed."""
        return Prompt(self.kind, self.stem, lettered(self.options))

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        return {
            "kind": self.kind,
            "stem": self.stem,
            "key": self.key,
            "explanation": self.explanation,
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError or ValueError when it is not one."""
        return cls(stem=payload["stem"], key=payload["key"], explanation=payload["explanation"])
