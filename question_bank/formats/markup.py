"""From marked-up text to plain text: what is read is kept, what runs is left out.

Items hold plain text only, so nothing of a strange file can ever run on a page. Paragraphs become
lines, list entries begin with a bullet or a number, cells of a table are joined by ` | `, raised
and lowered digits become the Unicode ones, and LaTeX stays as it is. Pictures, sounds and films are
returned by their names.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from question_bank.formats.html_tree import Node, parse_html, words
from question_bank.formats.problems import Problem, Where, problem
from question_bank.items.media import Media, MediaKind

MAX_EMBEDDED = 10 * 1024 * 1024

_BLOCKS = words(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend main nav ol p pre "
    "section summary table tbody tfoot thead tr ul li"
)
_ACTIVE = words(
    "script style iframe object embed applet frame frameset noframes noscript "
    "template link meta base head title portal"
)
_SILENT = frozenset({"head", "title", "meta", "link", "style", "base", "noscript"})
_FORM = words("input button select textarea option optgroup datalist")
_MEDIA: dict[str, MediaKind] = {"img": "image", "audio": "audio", "video": "video"}
_SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_CAN_RAISE = re.compile(r"[0-9+\-−=()n]+")
_CAN_LOWER = re.compile(r"[0-9+\-−=()]+")
_SPACES = re.compile("[ \t\f\r\xa0\u2007\u202f]+")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")
# Spaces and lines of preformatted text wait on a private plane while the others are made one.
_LITERAL = {32: 0xFF020, 9: 0xFF009, 10: 0xFF00A}
_FROM_LITERAL = {wait: space for space, wait in _LITERAL.items()}
_DATA_URL = re.compile(r"data:(image/(?:png|jpeg|jpg|gif|webp))(?:;[^,;]*)*;base64,", re.IGNORECASE)
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):|\s*//", re.IGNORECASE)
_PLUGIN_FILE = re.compile(r"^@@PLUGINFILE@@/|^\$IMS-CC-FILEBASE\$/|^%24IMS-CC-FILEBASE%24/")


@dataclass(frozen=True, slots=True)
class Plain:
    """Text without markup, with the media it showed and what was left out of it.

    `embedded` holds the bytes of pictures that stood inside the text, by the ref in `media`. Every
    other ref is the name that the text gave, decoded.
    """

    text: str
    media: tuple[Media, ...] = ()
    problems: tuple[Problem, ...] = ()
    embedded: dict[str, bytes] = field(default_factory=dict)


def plain_text(html: str, where: Where | None = None, *, keeps_lines: bool = False) -> Plain:
    """Return what a reader sees of `html`. With `keeps_lines` a line feed in it ends a line."""
    writer = _Writer(where or Where(), keeps_lines)
    if "<" not in html and "&" not in html:
        writer.text(html)
    else:
        writer.children(parse_html(html))
    return writer.finish()


def plain_node(node: Node, where: Where | None = None) -> Plain:
    """Return what a reader sees inside one element of a tree."""
    writer = _Writer(where or Where(), keeps_lines=False)
    writer.children(node)
    return writer.finish()


def tidy(text: str) -> str:
    """Return plain text without invisible characters, blank lines and spaces around lines."""
    lines = (_SPACES.sub(" ", line).strip(" ") for line in _INVISIBLE.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line).strip()


def bare(text: str) -> str:
    """Return text that has no markup, without invisible characters and spaces at its ends."""
    return _INVISIBLE.sub("", text).strip()


class _Writer:
    """Writes the plain text of a tree, and collects what cannot be text."""

    def __init__(self, where: Where, keeps_lines: bool) -> None:
        self._where = where
        self._keeps_lines = keeps_lines
        self._parts: list[str] = []
        self._media: list[Media] = []
        self._embedded: dict[str, bytes] = {}
        self._active: dict[str, None] = {}
        self._problems: list[Problem] = []

    def finish(self) -> Plain:
        """Return what was written."""
        if self._active:
            self._warn("markup.active_content", tags=", ".join(self._active))
        text = tidy("".join(self._parts)).translate(_FROM_LITERAL).strip()
        return Plain(text, tuple(self._media), tuple(self._problems), self._embedded)

    def text(self, text: str, *, is_literal: bool = False) -> None:
        """Write text; a line feed counts as a space unless lines are kept."""
        if is_literal:
            self._parts.append(text.translate(_LITERAL))
        else:
            self._parts.append(text if self._keeps_lines else text.replace("\n", " "))

    def children(self, node: Node, *, is_literal: bool = False) -> None:
        """Write everything inside a node."""
        for child in node.children:
            if isinstance(child, str):
                self.text(child, is_literal=is_literal)
            else:
                self._node(child, is_literal)

    def _node(self, node: Node, is_literal: bool) -> None:
        tag = node.tag
        self._note_active(node)
        if tag in _ACTIVE:
            return
        if tag in _FORM:
            self._warn("markup.form")
        elif tag == "svg":
            self._warn("markup.drawing")
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _MEDIA:
            self._show(node, _MEDIA[tag])
        elif tag in ("sub", "sup"):
            self._parts.append(_shifted(self._inner(node), tag))
        elif tag == "math":
            self._formula(node)
        elif tag == "tr":
            self._row(node)
        elif tag in ("ul", "ol"):
            self._list(node, is_numbered=tag == "ol")
        elif tag == "a":
            self._link(node, is_literal)
        elif tag == "pre":
            inner = self._inner(node, is_literal=True)
            self._parts.append("\n" + inner.strip("\n" + chr(_LITERAL[10])) + "\n")
        elif tag in _BLOCKS:
            self._parts.append("\n")
            self.children(node, is_literal=is_literal)
            self._parts.append("\n")
        else:
            self.children(node, is_literal=is_literal)

    def _inner(self, node: Node, *, is_literal: bool = False) -> str:
        """Return the plain text of a node, for whoever puts it together in another way."""
        outer, self._parts = self._parts, []
        self.children(node, is_literal=is_literal)
        inner, self._parts = "".join(self._parts), outer
        return inner

    def _row(self, node: Node) -> None:
        cells = [
            " ".join(tidy(self._inner(cell)).split("\n"))
            for cell in node.children
            if isinstance(cell, Node)
        ]
        self._parts.append("\n" + " | ".join(cells) + "\n")

    def _list(self, node: Node, *, is_numbered: bool) -> None:
        self._parts.append("\n")
        number = _number(node.attributes.get("start"), 1)
        for child in node.children:
            if isinstance(child, str):
                self.text(child)
            elif child.tag == "li":
                self._note_active(child)
                mark = f"{number}. " if is_numbered else "• "
                self._parts.append("\n" + mark + tidy(self._inner(child)) + "\n")
                number += 1
            else:
                self._node(child, False)
        self._parts.append("\n")

    def _link(self, node: Node, is_literal: bool) -> None:
        """Write a link as its words, followed by its address when the words do not say it."""
        begins = len(self._parts)
        self.children(node, is_literal=is_literal)
        url = (node.attributes.get("href") or "").strip()
        words = "".join(self._parts[begins:])
        if re.match(r"https?://", url, re.IGNORECASE) and url.rstrip("/") not in words:
            self._parts.append(f" ({url})")

    def _formula(self, node: Node) -> None:
        """Write MathML: the LaTeX it carries, or else a line of text that someone should check."""
        latex = _latex(node)
        if latex is not None:
            self._parts.append(latex)
            return
        text = " ".join(_linear(node).split())
        self._parts.append(text)
        if re.search(r"[\^_/√]", text):
            self._warn("markup.formula", text=text[:200])

    def _show(self, node: Node, kind: MediaKind) -> None:
        """Keep a picture, sound or film by its name; nothing is fetched from elsewhere."""
        attributes = node.attributes
        if kind == "image" and "equation_image" in (attributes.get("class") or ""):
            latex = attributes.get("data-equation-content") or attributes.get("alt") or ""
            self._parts.append(f"\\({latex.removeprefix('LaTeX:').strip()}\\)")
            return
        source = attributes.get("src") or _first_source(node)
        alt = tidy(attributes.get("alt") or attributes.get("title") or "").replace("\n", " ")
        if source:
            self._keep(source.strip(), kind, alt, _captions(node))

    def _keep(self, source: str, kind: MediaKind, alt: str, captions: str) -> None:
        if source[:5].lower() == "data:":
            self._embed(source, alt)
        elif _SCHEME.match(source):
            if source[:11].lower() == "javascript:":
                self._active["javascript:"] = None
            else:
                self._warn("markup.remote_media", url=source[:200])
        else:
            self._media.append(Media(media_name(source), kind, alt, captions))

    def _embed(self, source: str, alt: str) -> None:
        """Take a picture out of a data address; its type is judged again by who stores it."""
        head = _DATA_URL.match(source)
        content = b""
        if head is not None and len(source) < MAX_EMBEDDED * 4 // 3:
            try:
                content = base64.b64decode("".join(unquote(source[head.end() :]).split()))
            except (binascii.Error, ValueError):
                content = b""
        if head is None or not content:
            self._warn("markup.embedded_media")
            return
        ending = head[1].lower().removeprefix("image/").replace("jpeg", "jpg")
        ref = f"embedded-{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        self._embedded[ref] = content
        self._media.append(Media(ref, "image", alt))

    def _note_active(self, node: Node) -> None:
        """Remember what could run: active elements, event handlers and script addresses."""
        if node.tag in _ACTIVE - _SILENT:
            self._active[node.tag] = None
        for name, value in node.attributes.items():
            if name.startswith("on"):
                self._active[name] = None
            elif name in ("href", "action", "formaction") and _runs(value or ""):
                self._active["javascript:"] = None

    def _warn(self, code: str, **params: str) -> None:
        found = problem(code, self._where, **params)
        if found not in self._problems:
            self._problems.append(found)


def media_name(source: str) -> str:
    """Return the name by which a text refers to an enclosed file: decoded, without a query."""
    name = _PLUGIN_FILE.sub("", source.strip())
    name = re.split(r"[?#]", name, maxsplit=1)[0]
    return unquote(name).removeprefix("./") or source


def _runs(address: str) -> bool:
    """Tell whether following an address would run something."""
    compact = re.sub(r"[\x00-\x20]", "", address).lower()
    return compact.startswith(("javascript:", "vbscript:", "data:text/html", "data:image/svg"))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else default


def _first_source(node: Node) -> str:
    return next(
        (child.attributes.get("src") or "" for child in _walk(node) if child.tag == "source"), ""
    )


def _captions(node: Node) -> str:
    """Return the name of the captions of a film, empty when it has none."""
    for child in _walk(node):
        source = child.attributes.get("src")
        if child.tag == "track" and source and not _SCHEME.match(source):
            return media_name(source)
    return ""


def _walk(node: Node) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Node):
            yield child
            yield from _walk(child)


def _shifted(text: str, tag: str) -> str:
    """Return text that was raised or lowered: in Unicode when it exists, else in brackets."""
    text = tidy(text).replace("\n", " ")
    if not text:
        return ""
    if tag == "sup":
        raised = text.translate(_SUPERSCRIPT)
        return raised if _CAN_RAISE.fullmatch(text) else f"^({text})"
    return text.translate(_SUBSCRIPT) if _CAN_LOWER.fullmatch(text) else f"_({text})"


def _latex(node: Node) -> str | None:
    """Return the LaTeX that a MathML formula carries as an annotation, or None."""
    for child in _walk(node):
        encoding = (child.attributes.get("encoding") or "").lower()
        if child.tag == "annotation" and "tex" in encoding:
            return f"\\({_letters(child).strip()}\\)"
    return None


def _letters(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _letters(child) for child in node.children)


def _linear(node: Node) -> str:
    """Write MathML in one line: a/b, a^b, a_b, √(a)."""
    if node.tag in ("annotation", "annotation-xml"):
        return ""
    nodes = [child for child in node.children if isinstance(child, Node)]
    if node.tag in ("mi", "mn", "mo", "mtext", "ms") or not nodes:
        return _letters(node).strip()
    parts = [_linear(child) for child in nodes]
    if node.tag == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if node.tag == "msqrt":
        return f"√({' '.join(parts)})"
    if node.tag == "mroot" and len(parts) == 2:
        return f"{_shifted(parts[1], 'sup')}√({parts[0]})"
    if node.tag in ("msup", "mover") and len(parts) == 2:
        return parts[0] + _shifted(parts[1], "sup")
    if node.tag in ("msub", "munder") and len(parts) == 2:
        return parts[0] + _shifted(parts[1], "sub")
    if node.tag in ("msubsup", "munderover") and len(parts) == 3:
        return parts[0] + _shifted(parts[1], "sub") + _shifted(parts[2], "sup")
    if node.tag == "mtr":
        return " ".join(parts) + "; "
    return " ".join(part for part in parts if part)


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+", text) else f"({text})"
