"""Places on a picture: which of the marked zones are meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from question_bank.items.media import Media, media_from
from question_bank.items.options import LETTERS, Prompt, PromptZone

HotspotScoring = Literal["all_or_nothing", "partial", "corrected"]
MAX_COORDINATE = 1000
_SHAPES = {"rect": 4, "circle": 3}
_LEAST_CORNERS = 3


@dataclass(frozen=True, slots=True)
class HotspotZone:
    """A marked zone; shape, coordinates and label as in `draft.Zone`.

    Raises ValueError for a shape that could not be drawn on the picture.
    """

    id: str
    shape: str
    coords: tuple[int, ...]
    label: str = ""

    def __post_init__(self) -> None:
        if not all(0 <= number <= MAX_COORDINATE for number in self.coords):
            raise ValueError("a zone reaches beyond the picture")
        count = len(self.coords)
        if self.shape == "poly":
            is_whole = count % 2 == 0 and count >= 2 * _LEAST_CORNERS
        else:
            is_whole = count == _SHAPES.get(self.shape)
        if not is_whole:
            raise ValueError(f"{count} numbers do not make a zone of shape {self.shape!r}")
        if self.shape == "rect" and not (
            self.coords[0] < self.coords[2] and self.coords[1] < self.coords[3]
        ):
            raise ValueError("a rectangle goes from the top left to the bottom right")
        if self.shape == "circle" and not self.coords[2]:
            raise ValueError("a circle has a radius")

    def to_payload(self) -> dict[str, Any]:
        """Return it as values that JSON can hold; without a label when it has none."""
        payload = {"id": self.id, "shape": self.shape, "coords": list(self.coords)}
        return payload | ({"label": self.label} if self.label else {})

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build it from its payload. Raises KeyError, TypeError or ValueError."""
        coords = tuple(payload["coords"])
        return cls(payload["id"], payload["shape"], coords, payload.get("label", ""))


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A picture, the ref `image`, with numbered zones; those in `key` are meant.

    A response may name any number of zones: how many are right is for the learner to find out.
    Raises ValueError for an item that could not be shown or graded.
    """

    kind: ClassVar[Literal["hotspot"]] = "hotspot"
    is_automatic: ClassVar[bool] = True

    stem: str
    image: str
    zones: tuple[HotspotZone, ...]
    key: frozenset[str]
    explanation: str
    scoring: HotspotScoring = "all_or_nothing"
    media: tuple[Media, ...] = ()

    def __post_init__(self) -> None:
        if not self.image:
            raise ValueError("the picture is missing")
        if not 2 <= len(self.zones) <= len(LETTERS):
            raise ValueError(f"2 to {len(LETTERS)} zones are needed, not {len(self.zones)}")
        if len(self.option_ids) != len(self.zones):
            raise ValueError("two zones share an id")
        if not self.key or not self.key <= self.option_ids:
            raise ValueError("the key names no zone, or one that does not exist")
        if self.scoring not in ("all_or_nothing", "partial", "corrected"):
            raise ValueError(f"unknown scoring {self.scoring!r}")

    @property
    def option_ids(self) -> frozenset[str]:
        """Return the ids that a response may name."""
        return frozenset(zone.id for zone in self.zones)

    @property
    def key_ids(self) -> frozenset[str]:
        """Return the ids of the zones that are right."""
        return self.key

    @property
    def max_chosen(self) -> int:
        """Return how many zones a response may name."""
        return len(self.zones)

    def prompt(self, seed: int) -> Prompt:
        """Return what a learner's device may receive: the same for every seed."""
        return Prompt(
            self.kind,
            self.stem,
            image=self.image,
            zones=tuple(
                PromptZone(zone.id, number, zone.shape, zone.coords, zone.label)
                for number, zone in enumerate(self.zones, start=1)
            ),
            media=self.media,
        )

    def solution(self) -> tuple[str, ...]:
        """Return number and label of each zone that is right."""
        return tuple(
            f"{number}. {zone.label}" if zone.label else str(number)
            for number, zone in enumerate(self.zones, start=1)
            if zone.id in self.key
        )

    def to_payload(self) -> dict[str, Any]:
        """Return the whole item as values that JSON can hold; `from_payload` reverses it."""
        payload: dict[str, Any] = {
            "kind": self.kind,
            "stem": self.stem,
            "image": self.image,
            "zones": [zone.to_payload() for zone in self.zones],
            "key": sorted(self.key),
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
            image=payload["image"],
            zones=tuple(HotspotZone.from_payload(zone) for zone in payload["zones"]),
            key=frozenset(payload["key"]),
            explanation=payload["explanation"],
            scoring=payload.get("scoring", "all_or_nothing"),
            media=media_from(payload),
        )
