"""Plain text as HTML for Moodle, with the media that belong to it."""

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement  # nosec B405

from question_bank.formats.markup import bare, plain_text
from question_bank.formats.problems import Problem, Where, problem
from question_bank.items.media import Media

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNATURES = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"ID3", ".mp3"),
    (b"OggS", ".ogg"),
    (b"\x1aE\xdf\xa3", ".webm"),
    (b"WEBVTT", ".vtt"),
)


def valid(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def as_html(text: str) -> str:
    """Return plain text as HTML, each line feed as a line break."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def _faithful(text: str) -> str:
    """Return plain text as HTML, preformatted where spaces or empty lines would be lost."""
    body = as_html(text.strip())
    if plain_text(body).text == bare(text):
        return body
    return f"<pre>{html.escape(text, quote=False)}</pre>"


class Markup:
    """Fills elements with text and with the files that the text shows."""

    def __init__(self, media: Mapping[str, bytes], where: Where) -> None:
        self._media = media
        self._where = where
        self.problems: list[Problem] = []

    def fill(
        self,
        element: Element,
        text: str,
        media: Sequence[Media] = (),
        marked_up: str | None = None,
    ) -> None:
        """Give an element its text, and the files shown below it.

        Text that HTML would change, such as several spaces in a row, is written as plain text where
        no file is shown with it. `marked_up` is HTML to write instead of the text.
        """
        inner = SubElement(element, "text")
        shown = [tag for one in media if (tag := self._tag(element, one))]
        body = as_html(text.strip()) if marked_up is None else marked_up
        if marked_up is None and not shown and plain_text(body).text != bare(text):
            element.set("format", "plain_text")
            inner.text = text
            return
        if marked_up is None and shown and plain_text(body).text != bare(text):
            self._note("written.text", text=text[:80])
        element.set("format", "html")
        inner.text = "<br>".join([body, *shown]) if body or shown else ""

    def picture(self, ref: str) -> tuple[Media, ...]:
        """Return the picture of an option as media."""
        return (Media(ref, "image"),) if ref else ()

    def rubric(self, criteria: Iterable[tuple[str, str]], sample: str) -> str:
        """Return the notes for graders: a table of criteria and points, a sample answer below."""
        rows = "".join(
            f"<tr><td>{_faithful(text)}</td><td>{points}</td></tr>" for text, points in criteria
        )
        return (f"<table>{rows}</table>" if rows else "") + _faithful(sample)

    def _note(self, code: str, **params: str) -> None:
        self.problems.append(problem(code, self._where, **params))

    def _tag(self, element: Element, one: Media) -> str:
        """Return what shows a file, and enclose it; nothing when there is no such file."""
        source = self._enclose(element, one.ref)
        if not source:
            return ""
        alt = html.escape(one.alt)
        if one.kind == "image":
            return f'<img src="{source}" alt="{alt}">'
        captions = self._enclose(element, one.captions) if one.captions else ""
        track = f'<track kind="captions" src="{captions}">' if captions else ""
        return (
            f'<{one.kind} controls="true" title="{alt}"><source src="{source}">{track}</{one.kind}>'
        )

    def _enclose(self, element: Element, ref: str) -> str:
        """Enclose a file and return the address by which the text shows it."""
        content = self._media.get(ref)
        if content is None:
            self._note("written.media_missing", name=ref[:80])
            return ""
        name = _file_name(ref, content)
        file = SubElement(element, "file", name=name, path="/", encoding="base64")
        file.text = base64.b64encode(content).decode("ascii")
        return f"@@PLUGINFILE@@/{quote(name)}"


def _file_name(ref: str, content: bytes) -> str:
    """Return a name with an ending, by which Moodle knows the type of a file."""
    name = valid(PurePosixPath(ref).name) or "file"
    if PurePosixPath(name).suffix:
        return name
    if content[4:8] == b"ftyp":
        return f"{name}.mp4"
    if content[8:12] == b"WEBP":
        return f"{name}.webp"
    return name + next((ending for magic, ending in _SIGNATURES if content.startswith(magic)), "")
