"""What an item shows, as plain text: markup to text, enclosed files by name, nothing fetched."""

import html
import re
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.html_tree import words
from question_bank.formats.markup import plain_text
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.formats.qti.package import Package, is_elsewhere
from question_bank.formats.qti.tree import INCLUDE, child, text_in
from question_bank.items.draft import BLANK
from question_bank.items.media import Media, MediaKind

Replacement = Callable[[Element], str | None]

# Placeholders in running text, from a range that no text uses and that is taken out of every text.
OPENED, CLOSED = "\ue000", "\ue001"
# Where this house keeps the media of a package; it names a file by the ref of its bytes.
OWN_FOLDER = "media/"
_OWN_FILE = re.compile(r"(?:.*/)?media/(?:([0-9a-f]{64})\.[a-z0-9]{2,4}|(.+))")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARK = re.compile(f"{OPENED}([0-9]+){CLOSED}")
_RUN = re.compile("_{4,}|＿{2,}")

_TAGS = words(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code dd del dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark nav "
    "ol p pre q s samp section small span strong sub sup table tbody td tfoot th thead tr tt u ul "
    "var img audio video source track svg script style iframe embed input button select textarea "
    "math mi mn mo ms mtext mrow mfrac msqrt mroot msup msub msubsup mover munder munderover "
    "mtable mtr mtd mstyle mfenced mspace semantics annotation mpadded menclose"
)
_VOID = words("br hr img source track input embed")
_ATTRIBUTES = words("src alt title href start class encoding data-equation-content controls")
# What stands in a body without being part of the question.
_SILENT = words(
    "prompt feedbackInline feedbackBlock modalFeedback rubricBlock stylesheet catalogInfo "
    "annotation-xml companionMaterialsInfo templateBlock templateInline hotspotChoice"
)
_BLOCKS = words("contentBody stimulusBody simpleChoice gapText infoControl")
_FRAMES = words("itemBody contentBody div")
_MEDIA: dict[str, MediaKind] = {
    "img": "image",
    "image": "image",
    "audio": "audio",
    "video": "video",
}
_ENDINGS: dict[str, MediaKind] = {
    "png": "image", "jpg": "image", "jpeg": "image", "gif": "image", "webp": "image",
    "mp3": "audio", "ogg": "audio", "wav": "audio", "m4a": "audio", "mp4": "video", "webm": "video",
}  # fmt: skip


class Content:
    """Collects what one question shows: its media and what was lost on the way to plain text.

    `base` is the entry that the question stands in: names of files are relative to it. `is_own`
    tells that this house wrote the file.
    """

    def __init__(self, package: Package, base: str, where: Where, *, is_own: bool = False) -> None:
        self.is_own = is_own
        self.package = package
        self.base = base
        self.where = where
        self.problems: list[Problem] = []
        self._media: list[Media] = []

    @property
    def media(self) -> tuple[Media, ...]:
        """Return what the question shows beside its text, in order."""
        return tuple(self._media)

    def part(self) -> "Content":
        """Return a collector for a part of the question: problems are shared, media its own."""
        part = Content(self.package, self.base, self.where, is_own=self.is_own)
        part.problems = self.problems
        return part

    def report(self, code: str, **params: Param) -> None:
        """Note a problem once."""
        found = problem(code, self.where, **params)
        if found not in self.problems:
            self.problems.append(found)

    def of(self, element: Element | None, replace: Replacement | None = None) -> str:
        """Return the plain text inside an element; its pictures belong to the question.

        `replace` may give an element's text, or None to leave it to the usual rules.
        """
        if element is None:
            return ""
        if self.is_own:
            return self.verbatim(element, replace)
        return self._plain(inner_html(element, self, replace))

    def verbatim(self, element: Element, replace: Replacement | None = None) -> str:
        """Return the text of an element that this house wrote, to the last space."""
        lines: list[str] = []
        _read_own(element, self, replace, lines)
        return "".join(lines).removeprefix("\n")

    def of_marked(self, markup: str) -> str:
        """Return the plain text of what `inner_html` made, placeholders kept."""
        return self._plain(markup)

    def of_html(self, text: str) -> str:
        """Return the plain text of HTML; its pictures belong to the question."""
        return self._plain(_PRIVATE.sub("", text))

    def option(self, element: Element) -> tuple[str, str]:
        """Return the text of an option and the ref of its picture, empty when it has none."""
        if self.is_own:
            return self._option(lambda: self.verbatim(element))
        markup = inner_html(element, self, None)
        return self._option(lambda: self._plain(markup))

    def option_html(self, text: str) -> tuple[str, str]:
        """Return the text of an option given as HTML, and the ref of its picture."""
        return self._option(lambda: self.of_html(text))

    def _option(self, read: Callable[[], str]) -> tuple[str, str]:
        of_question, self._media = self._media, []
        text = read()
        of_option, self._media = self._media, of_question
        pictures = [one for one in of_option if one.kind == "image"]
        kept = pictures[0] if len(pictures) == 1 else None
        for one in of_option:
            if one is not kept:
                self._keep(one)
        return (text or kept.alt, kept.ref) if kept else (text, "")

    def _plain(self, markup: str) -> str:
        plain = plain_text(markup, self.where)
        for found in plain.problems:
            if found not in self.problems:
                self.problems.append(found)
        for ref, content in plain.embedded.items():
            self.package.used[ref] = content
        for one in plain.media:
            ref = one.ref if one.ref in plain.embedded else self.enclosed(one.ref)
            if ref:
                captions = self.enclosed(one.captions) if one.captions else ""
                self._keep(Media(ref, one.kind, one.alt, captions))
        return plain.text

    def _keep(self, one: Media) -> None:
        """Add a picture, sound or film. Other makers repeat a picture; it is shown once."""
        if self.is_own or one.ref not in {known.ref for known in self._media}:
            self._media.append(one)

    def show(self, element: Element) -> None:
        """Keep a picture, sound or film that this house put into a body."""
        ref = self.enclosed(unquote(element.get("src", "")))
        track = child(element, "track")
        captions = "" if track is None else self.enclosed(unquote(track.get("src", "")))
        kind: MediaKind = _MEDIA.get(element.tag, "image")
        if ref:
            alt = element.get("alt") or element.get("title") or ""
            self._keep(Media(ref, kind, alt, captions))

    def enclosed_source(self, source: str) -> str:
        """Return the ref of a picture by the address in the file; bytes inside it are taken out."""
        of_question, self._media = self._media, []
        self._plain(f'<img src="{html.escape(source)}">')
        found, self._media = self._media, of_question
        return found[0].ref if found else ""

    def enclosed(self, name: str) -> str:
        """Return the entry that a name refers to, its bytes kept; empty with a problem if none."""
        if is_elsewhere(name):
            self.report("markup.remote_media", url=name[:200])
            return ""
        entry = self.package.resolve(self.base, name)
        if entry is None:
            self.report("markup.media_missing", name=name[:200])
            return ""
        content = self.package.files[entry]
        if _is_drawing(entry, content):
            self.report("qti.drawing", name=entry)
            return ""
        own = _OWN_FILE.fullmatch(entry) if self.is_own else None
        ref = (own[1] or own[2]) if own is not None else entry
        self.package.used[ref] = content
        return ref


def marked(place: int) -> str:
    """Return the placeholder of an interaction or a blank."""
    return f"{OPENED}{place}{CLOSED}"


def split_marked(text: str) -> tuple[list[str], list[int]]:
    """Return the texts around placeholders, one more than there are, and their numbers."""
    pieces = _MARK.split(text)
    return pieces[::2], [int(place) for place in pieces[1::2]]


def without_blanks(text: str) -> str:
    """Return text in which no drawn line can be taken for a blank."""
    return _RUN.sub("___", text)


def with_blanks(text: str) -> tuple[str, list[int]]:
    """Return text with `BLANK` for each placeholder, and the numbers of these in order."""
    pieces, places = split_marked(text)
    return BLANK.join(without_blanks(piece) for piece in pieces), places


def asks(element: Element) -> bool:
    """Tell whether something inside an element is to be answered."""
    return any(one.tag.endswith("Interaction") for one in element.iter())


def media_kind(name: str, mime: str = "") -> MediaKind | None:
    """Return what a file shows, by its type or the ending of its name; None for neither."""
    kind = _MEDIA.get(mime.partition("/")[0].strip().lower())
    return kind or _ENDINGS.get(name.rpartition(".")[2].lower())


def _is_drawing(name: str, content: bytes) -> bool:
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return name.lower().endswith((".svg", ".svgz")) or head.startswith(b"<svg") or b"<svg" in head


def inner_html(element: Element, content: Content, replace: Replacement | None) -> str:
    """Return what is inside an element as HTML that `markup` understands."""
    parts = [_escaped(element.text)]
    for one in element:
        parts.append(_outer(one, content, replace))
        parts.append(_escaped(one.tail))
    return "".join(parts)


def _outer(element: Element, content: Content, replace: Replacement | None) -> str:
    replaced = replace(element) if replace is not None else None
    if replaced is not None:
        return replaced
    tag = element.tag
    if tag in _SILENT and not asks(element):
        return ""
    if tag == INCLUDE:
        content.report("qti.include", href=element.get("href", "")[:200])
        return ""
    if tag == "printedVariable":
        content.report("qti.printed_variable", name=element.get("identifier", "")[:80])
        return ""
    if tag in ("object", "picture"):
        return _object(element, content, replace)
    if tag in ("rt", "rp"):
        reading = text_in(element).strip("()（）")
        return f"（{html.escape(reading)}）" if reading else ""
    if tag == "ruby":
        return "".join(_outer(one, content, replace) for one in element) or text_in(element)
    inner = "" if tag == "svg" else inner_html(element, content, replace)
    if tag in _BLOCKS:
        return f"<div>{inner}</div>"
    if tag not in _TAGS:
        return inner
    attributes = "".join(
        f' {name}="{html.escape(value)}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES or name.startswith("on")
    )
    return f"<{tag}{attributes}>" if tag in _VOID else f"<{tag}{attributes}>{inner}</{tag}>"


def _object(element: Element, content: Content, replace: Replacement | None) -> str:
    """Return an object as the picture, sound or film that it is; its inside speaks in its place."""
    source = element.get("data") or element.get("src") or ""
    kind = media_kind(source, element.get("type", ""))
    if element.tag == "picture" or not source:
        return inner_html(element, content, replace)
    if kind is None:
        return "<object></object>"
    tag = "img" if kind == "image" else kind
    alt = element.get("alt") or element.get("title") or text_in(element)
    shown = f'<{tag} src="{html.escape(source)}" alt="{html.escape(alt)}">'
    return shown if tag == "img" else f"{shown}</{tag}>"


def _read_own(
    element: Element, content: Content, replace: Replacement | None, found: list[str]
) -> None:
    """Add the text inside an element as our own writer put it: lines are paragraphs or breaks."""
    is_frame = element.tag in _FRAMES
    found.append("" if is_frame else element.text or "")
    for one in element:
        replaced = replace(one) if replace is not None else None
        if one.tag == "br" or (is_frame and (one.tag == "p" or replaced) and not _shows(one)):
            found.append("\n")
        if replaced is not None:
            found.append(replaced)
        elif one.tag in ("img", "audio", "video"):
            content.show(one)
        elif one.tag not in _SILENT:
            _read_own(one, content, replace, found)
        found.append("" if is_frame else one.tail or "")


def _shows(element: Element) -> bool:
    """Tell whether a paragraph only holds a picture."""
    return len(element) == 1 and element[0].tag == "img" and not element.text


def _escaped(text: str | None) -> str:
    return html.escape(_PRIVATE.sub("", text), quote=False) if text else ""
