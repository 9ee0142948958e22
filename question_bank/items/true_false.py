"""True or false."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.media import Media, media_from
from question_bank.items.options import Option, Prompt, lettered


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """A statement that holds or does not.

    Its options are always `true` and `false`, in this order; their wording belongs to the
    interface. `feedback` is said to who chose true, and to who chose false.

    Raises ValueError when the key is not a boolean.
    """

    kind: ClassVar[Literal["true_false"]] = "true_false"
    is_automatic: ClassVar[bool] = True
    is_fixed: ClassVar[bool] = True
    max_chosen: ClassVar[int] = 1

    stem: str
    key: bool
    explanation: str
    feedback: tuple[str, str] = ("", "")
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        # A stored 0, 1, "true" or "false" would be graded as something else than its author meant.
        if not isinstance(self.key, bool):
            raise ValueError("the key of a true-or-false item is a boolean")
        if len(self.feedback) != len(self.options):
            raise ValueError("the feedback of a true-or-false item is a pair")

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
        """Return the id of the option that is right."""
        return frozenset(self.solution())

    def option_order(self, seed: int) -> tuple[str, ...]:
        """Return the option ids in the order they are shown: the same for every seed."""
        return ("true", "false")

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive: the same for every seed."""
        return Prompt(self.kind, self.stem, lettered(self.options), media=self.media)

    def solution(self) -> tuple[str, ...]:
        """Return the id of the option that is right: its wording belongs to the interface."""
        return ("true" if self.key else "false",)

    def feedback_on(self, option_id: str) -> str:
        """Return what is said to who chose an option, empty when there is nothing to say."""
        return {"true": self.feedback[0], "false": self.feedback[1]}.get(option_id, "")

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it.

        Feedback and media came later and are left out where there are none.
        """
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "key": self.key,
            "explanation": self.explanation,
        }
        if any(self.feedback):
            payload["feedback"] = list(self.feedback)
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            stem=payload["stem"],
            key=payload["key"],
            explanation=payload["explanation"],
            feedback=tuple(payload.get("feedback", ("", ""))),
            media=media_from(payload),
        )
