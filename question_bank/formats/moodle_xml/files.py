"""Files enclosed in Moodle XML as base64."""

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.items.draft import Draft


class Files:
    """The enclosed files of a whole quiz, each under a ref of its own.

    `media` holds the bytes by ref: the file's name, with a mark added when another file has it.
    """

    def __init__(self) -> None:
        self.media: dict[str, bytes] = {}

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file and return its ref."""
        ref = PurePosixPath(name).name or "file"
        if self.media.setdefault(ref, content) != content:
            mark = hashlib.sha256(content).hexdigest()[:8]
            ref = f"{PurePosixPath(ref).stem}-{mark}{PurePosixPath(ref).suffix}"
            self.media[ref] = content
        return ref

    def of(self, element: Element | None, broken: list[str]) -> dict[str, str]:
        """Return the refs of the files enclosed with a text, by the names the text uses.

        Names of files that cannot be read are added to `broken`.
        """
        found: dict[str, str] = {}
        for name, content in _enclosed(element):
            if content is None:
                broken.append(name)
                continue
            ref = self.keep(name, content)
            for form in (
                name,
                unicodedata.normalize("NFC", name),
                unicodedata.normalize("NFD", name),
            ):
                found.setdefault(form, ref)
        return found


def media_refs(draft: Draft) -> Iterator[str]:
    """Yield the refs of everything that is shown with a draft."""
    for one in draft.media:
        yield one.ref
        if one.captions:
            yield one.captions
    for option in (*draft.options, *(o for blank in draft.blanks for o in blank.options)):
        if option.image:
            yield option.image


def decoded(text: str) -> bytes | None:
    """Return the bytes that base64 stands for, or None when it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _enclosed(element: Element | None) -> Iterator[tuple[str, bytes | None]]:
    """Yield path and bytes of the files beside a text."""
    for file in element.findall("file") if element is not None else ():
        name = (file.get("path") or "/").strip("/") + "/" + (file.get("name") or "").strip()
        is_known = (file.get("encoding") or "base64").lower() == "base64"
        yield name.lstrip("/"), decoded(file.text or "") if is_known else None
