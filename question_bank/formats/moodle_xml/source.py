"""One question of Moodle XML: its texts, with their formats and files."""

from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.moodle.rich import Rich
from question_bank.formats.moodle.texts import HTML, MARKDOWN, MOODLE, PLAIN
from question_bank.formats.moodle_xml.files import Files, decoded
from question_bank.formats.problems import Where
from question_bank.items.draft import Draft
from question_bank.items.media import Media

_FORMATS = {
    "html": HTML,
    "moodle_auto_format": MOODLE,
    "plain_text": PLAIN,
    "markdown": MARKDOWN,
    "wiki_like": MOODLE,
}


def letters(element: Element | None) -> str:
    """Return the text of an element or of the `text` inside it, empty when there is none."""
    if element is None:
        return ""
    inner = element.find("text")
    return "".join((element if inner is None else inner).itertext()).strip()


def is_set(element: Element | None, default: bool) -> bool:
    """Return a flag as Moodle reads it: anything but `false`, `0` and nothing is true."""
    if element is None:
        return default
    return (element.text or "").strip().lower() not in ("false", "0", "")


class Source:
    """One question element, and the reader of its texts."""

    def __init__(self, element: Element, where: Where, files: Files) -> None:
        self.element = element
        self.rich = Rich(where)
        self.broken: list[str] = []
        self._files = files
        self.text_format = self.format_of(element.find("questiontext"), HTML)

    @property
    def points(self) -> float | None:
        """Return what the question is worth, or None when the file does not say."""
        try:
            return float(letters(self.element.find("defaultgrade")))
        except ValueError:
            return None

    def format_of(self, element: Element | None, default: str) -> str:
        """Return the format that a text names; an unknown one is read as HTML, as Moodle does."""
        name = element.get("format") if element is not None else None
        return default if name is None else _FORMATS.get(name.strip(), HTML)

    def files(self, element: Element | None) -> dict[str, str]:
        """Return the refs of the files enclosed with a text, by name."""
        return self._files.of(element, self.broken)

    def text(self, element: Element | None) -> str:
        """Return the plain text of an element; its pictures wait in `rich.take_media`."""
        text_format = self.format_of(element, self.text_format)
        return self.rich.text(letters(element), text_format, self.files(element))

    def aside(self, element: Element | None) -> str:
        """Return the plain text of feedback; pictures in it are reported."""
        text_format = self.format_of(element, self.text_format)
        return self.rich.aside(letters(element), text_format, self.files(element))

    def base(self, kind: str) -> Draft:
        """Return a draft with stem, media and explanation."""
        stem = self.text(self.element.find("questiontext"))
        media = (*self.rich.take_media(), *self.old_picture())
        return Draft(kind, stem, self.explanation(), media=media)

    def explanation(self) -> str:
        """Return the general feedback."""
        return self.aside(self.element.find("generalfeedback"))

    def old_picture(self) -> tuple[Media, ...]:
        """Return the picture that old versions enclosed beside the text."""
        name = letters(self.element.find("image"))
        if not name:
            return ()
        data = letters(self.element.find("image_base64"))
        content = decoded(data) if data else None
        if content is None:
            self.rich.note("markup.media_missing", name=name[:200])
            return ()
        return (Media(self._files.keep(name, content), "image"),)
