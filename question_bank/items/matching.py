"""Two columns whose entries belong together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.media import Media, media_from
from question_bank.items.options import Option, Prompt, check_options, lettered, mixed

MatchScoring = Literal["partial", "all_or_nothing"]


@dataclass(frozen=True, slots=True)
class Matching:
    """Left sides, `lefts`, each with the right side that belongs to it.

    `key` holds the id of the right side of each left side, in the order of `lefts`; a right side
    may belong to several left sides or to none. `partial` gives each pair the same share.
    Raises ValueError for an item that could not be shown or graded.
    """

    kind: ClassVar[Literal["matching"]] = "matching"
    is_automatic: ClassVar[bool] = True

    stem: str
    lefts: tuple[Option, ...]
    rights: tuple[Option, ...]
    key: tuple[str, ...]
    explanation: str
    scoring: MatchScoring = "partial"
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        check_options(self.lefts, "left sides")
        right_ids = check_options(self.rights, "right sides")
        if len(self.key) != len(self.lefts) or not right_ids >= set(self.key):
            raise ValueError("the key does not give each left side a right side")
        if self.scoring not in ("partial", "all_or_nothing"):
            raise ValueError(f"unknown scoring {self.scoring!r}")

    @property
    def pairs(self) -> tuple[tuple[Option, Option], ...]:
        """Return the pairs that belong together, in the order of the left sides."""
        by_id = {right.id: right for right in self.rights}
        return tuple((left, by_id[fit]) for left, fit in zip(self.lefts, self.key, strict=True))

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive, right sides in the order of this seed."""
        return Prompt(
            self.kind,
            self.stem,
            lettered(self.lefts),
            targets=mixed(self.rights, seed),
            media=self.media,
        )

    def solution(self) -> tuple[str, ...]:
        """Return a line for each pair, such as `left → right`."""
        return tuple(f"{left.text} → {right.text}" for left, right in self.pairs)

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "lefts": [option.to_payload() for option in self.lefts],
            "rights": [option.to_payload() for option in self.rights],
            "key": list(self.key),
            "explanation": self.explanation,
        }
        if self.scoring != "partial":
            payload["scoring"] = self.scoring
        if self.media:
            payload["media"] = [one.to_payload() for one in self.media]
        return payload

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build the item from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(
            stem=payload["stem"],
            lefts=tuple(Option.from_payload(option) for option in payload["lefts"]),
            rights=tuple(Option.from_payload(option) for option in payload["rights"]),
            key=tuple(payload["key"]),
            explanation=payload["explanation"],
            scoring=payload.get("scoring", "partial"),
            media=media_from(payload),
        )
