"""Pictures, sounds and films in a package: how their files are named, and how a body shows them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.content import OWN_FOLDER, media_kind
from question_bank.formats.qti.writing.elements import element
from question_bank.items.media import Media

_SAFE = re.compile(r"\w[\w .()-]*(/\w[\w .()-]*)*")
_ENDINGS = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8", ".jpg"),
    (b"GIF8", ".gif"),
    (b"RIFF", ".webp"),
    (b"ID3", ".mp3"),
    (b"\xff\xfb", ".mp3"),
    (b"OggS", ".ogg"),
    (b"\x1aE\xdf\xa3", ".webm"),
    (b"WEBVTT", ".vtt"),
)


@dataclass
class Enclosures:
    """The files that go into a package. `missing` are refs without bytes."""

    media: Mapping[str, bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def enclose(self, ref: str) -> str:
        """Put the file of a ref into the package, and return its address; empty without bytes."""
        data = self.media.get(ref)
        if data is None:
            self.missing.append(ref)
            return ""
        name = OWN_FOLDER + _file_name(ref, data)
        self.files[name] = data
        return quote(name)

    def shown(self, one: Media) -> Element | None:
        """Return what shows a picture, sound or film; None without bytes."""
        address = self.enclose(one.ref)
        if not address:
            return None
        if one.kind == "image":
            return element("p", element("img", src=address, alt=one.alt))
        player = element(one.kind, src=address, title=one.alt, controls="controls")
        captions = self.enclose(one.captions) if one.captions else ""
        if captions:
            player.append(element("track", src=captions, kind="captions"))
        return element("div", player)


def _file_name(ref: str, data: bytes) -> str:
    """Return the name of a file: its ref where that can be one, with an ending."""
    if not _SAFE.fullmatch(ref) or len(ref) > 200:
        ref = hashlib.sha256(ref.encode("utf-8", "replace")).hexdigest()
    if media_kind(ref) is not None or ref.endswith(".vtt"):
        return ref
    if data[4:8] == b"ftyp":
        return f"{ref}.mp4"
    return ref + next((ending for start, ending in _ENDINGS if data.startswith(start)), ".bin")
