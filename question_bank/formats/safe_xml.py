"""Reading XML that strangers wrote: no document types, no entities, nothing fetched, no abysses."""

import html.entities
import re
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # nosec B405

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from question_bank.formats.encodings import decode
from question_bank.formats.problems import Param, Problem, Where, problem

MAX_DEPTH = 200
MAX_ELEMENTS = 1_500_000

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# Encodings that a declaration may name; with any other the bytes decide.
_CODECS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "us-ascii": "utf-8",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITY_OR_CDATA = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&([A-Za-z][A-Za-z0-9]{1,31});", re.DOTALL
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


class _TooMuch(Exception):
    """A limit was passed while the tree was built."""

    def __init__(self, code: str, limit: int) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


class _CappedBuilder(TreeBuilder):
    """A tree builder that gives up when the tree grows too deep or too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Open an element."""
        self._depth += 1
        self._count += 1 + len(attrs)
        if self._depth > MAX_DEPTH:
            raise _TooMuch("file.xml_depth", MAX_DEPTH)
        if self._count > MAX_ELEMENTS:
            raise _TooMuch("file.xml_elements", MAX_ELEMENTS)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self._depth -= 1
        return super().end(tag)


def parse(data: bytes, entry: str | None = None) -> Element | Problem:
    """Return the root element, or why the XML is refused; `entry` is its name in an archive."""
    text = _text(data)
    if isinstance(text, Problem):
        return problem(text.code, Where(entry=entry))
    return parse_text(text, entry)


def parse_text(text: str, entry: str | None = None) -> Element | Problem:
    """Return the root element of XML that was decoded before, or why it is refused."""

    def refused(code: str, line: int | None = None, **params: Param) -> Problem:
        return problem(code, Where(line=line, entry=entry), **params)

    parser = DefusedXMLParser(target=_CappedBuilder(), forbid_dtd=True)
    try:
        parser.feed(_blank_declaration(text).encode("utf-8"))
        root: Element = parser.close()
    except ParseError as error:
        return refused("file.xml_syntax", error.position[0], detail=str(error).split(":")[0])
    except DefusedXmlException:
        return refused("file.xml_doctype")
    except _TooMuch as error:
        return refused(error.code, limit=error.limit)
    except (ValueError, UnicodeError):
        return refused("file.xml_syntax", detail="unreadable")
    return root


def mended(data: bytes) -> tuple[bytes, tuple[Problem, ...]]:
    """Return XML in UTF-8 without what other programs let pass, and what was mended.

    Entities of HTML such as `&nbsp;` become characters, and invisible control characters go. Data
    that cannot be decoded comes back as it is.
    """
    text = _text(data)
    if isinstance(text, Problem):
        return data, ()
    text, controls = _CONTROL.subn("", _blank_declaration(text))
    replaced = 0

    def character(match: re.Match[str]) -> str:
        nonlocal replaced
        name = match[1]
        meaning = html.entities.html5.get(f"{name};") if name else None
        if meaning is None or name in _XML_ENTITIES:
            return match[0]
        replaced += 1
        return "".join(f"&#{ord(one)};" for one in meaning)

    text = _ENTITY_OR_CDATA.sub(character, text)
    problems = []
    if replaced:
        problems.append(problem("file.xml_entities", Where(), count=replaced))
    if controls:
        problems.append(problem("file.xml_control", Where(), count=controls))
    return text.encode("utf-8"), tuple(problems)


def _text(data: bytes) -> str | Problem:
    """Decode XML by its declaration when that names one of `_CODECS`, else by its bytes."""
    declared = _DECLARED_ENCODING.search(data[:300])
    codec = _CODECS.get(declared[1].decode("ascii").lower()) if declared else None
    if codec:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            pass  # The declaration is wrong, as it is in many files saved again by an editor.
    decoded = decode(data)
    return decoded if isinstance(decoded, Problem) else decoded.text


def _blank_declaration(text: str) -> str:
    """Return the text without its XML declaration, line numbers kept: it names an encoding."""
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text.lstrip("\ufeff \t") if text[:1] in "\ufeff \t" else text
    return "\n" * declaration[0].count("\n") + text[declaration.end() :]
