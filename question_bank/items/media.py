"""Pictures, sounds and films that belong to an item."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

MediaKind = Literal["image", "audio", "video"]
MEDIA_KINDS: tuple[MediaKind, ...] = ("image", "audio", "video")


@dataclass(frozen=True, slots=True)
class Media:
    """One file shown with an item.

    `ref` is the SHA-256 of the stored bytes in hex, so that an item's content hash covers what is
    shown; while an item is still a draft from a file, it is the name under which the reading keeps
    the bytes. `alt` says in words what is to be seen or heard. `captions` is the ref of a WebVTT
    file, empty when there is none.

    Raises ValueError for an unknown kind or an empty ref.
    """

    ref: str
    kind: MediaKind
    alt: str = ""
    captions: str = ""

    def __post_init__(self) -> None:
        if self.kind not in MEDIA_KINDS:
            raise ValueError(f"unknown kind of media: {self.kind!r}")
        if not self.ref:
            raise ValueError("media without a ref")

    def to_payload(self) -> dict[str, Any]:
        """Return it as values that JSON can hold; `from_payload` reverses it."""
        return {"ref": self.ref, "kind": self.kind, "alt": self.alt, "captions": self.captions}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Build it from its payload. Raises KeyError, TypeError or ValueError."""
        return cls(payload["ref"], payload["kind"], payload["alt"], payload["captions"])


def media_from(payload: Mapping[str, Any]) -> tuple[Media, ...]:
    """Return the media of an item's payload, none when it has no such field.

    Raises KeyError, TypeError or ValueError.
    """
    return tuple(Media.from_payload(one) for one in payload.get("media", ()))
