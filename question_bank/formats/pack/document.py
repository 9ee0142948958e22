"""From bytes to TOML tables with their line numbers, saving what can be saved of a broken file."""

import re
import tomllib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from question_bank.formats.problems import Problem, Where, problem

MAX_BYTES = 10_000_000

# In valid TOML a header is a line outside strings and comments; the other branches step over those.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|^[ \t]*(?P<header>\[\[?[^\]\n]*\]\]?)",
    re.MULTILINE | re.DOTALL,
)
# A key of thousands of parts, a.a.a.a, costs the parser the square of them in time and memory. A
# pack needs two; so many occur in no text either. Look-behinds keep the search itself linear.
_DEEP_KEY = re.compile(
    r"(?:"
    r"(?:(?<![\w-])[\w-]++|(?<!\\)\"(?:\\.|[^\"\\\n])*+\"|'[^'\n]*+')"
    r"[ \t]*+\.[ \t]*+"
    r"){32}",
    re.ASCII,
)
_ITEM_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*item[ \t]*\]\]", re.MULTILINE)
_ITEM_ID = re.compile(r"""^[ \t]*id[ \t]*=[ \t]*["']([^"'\n]{1,64})["']""", re.MULTILINE)
_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Row(NamedTuple):
    """An item's table, as far as it is one, and the lines of its header and of its parts'."""

    table: Any
    line: int | None = None
    part_lines: tuple[int, ...] = ()


@dataclass(slots=True)
class Document:
    """The tables of a file. `is_whole` is False when the part before the items is not readable."""

    head: dict[str, Any] = field(default_factory=dict)
    items: list["Row"] = field(default_factory=list)
    source_lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_whole: bool = True


def decode(source: str | bytes) -> str | Problem:
    """Return the text of a file without its byte order mark, or the problem that prevents it."""
    try:
        data = source.encode("utf-8") if isinstance(source, str) else source
        if len(data) > MAX_BYTES:
            return problem("pack.too_large", Where(), size=len(data), limit=MAX_BYTES)
        # The TOML parser reads Windows line ends as line feeds; so must the line numbers.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeError as wrong:
        offset = wrong.start if isinstance(wrong, UnicodeDecodeError | UnicodeEncodeError) else 0
        return problem("pack.encoding", Where(), offset=offset)


def parse(text: str) -> Document:
    """Parse a pack's text into a document."""
    if deep := _DEEP_KEY.search(text):
        where = Where(text.count("\n", 0, deep.start()) + 1)
        refused = problem("pack.syntax", where, detail="a key has too many parts")
        return Document(problems=[refused], is_whole=False)
    parsed = _loads(text)
    if isinstance(parsed, Problem):
        return _recover(text, parsed)
    headers = _headers(text)
    return Document(
        head=parsed,
        items=_rows(_items(parsed), headers),
        source_lines={
            name[len("[sources.") : -1].strip("\"'"): line
            for name, line in headers
            if name.startswith("[sources.")
        },
    )


def _loads(text: str) -> dict[str, Any] | Problem:
    try:
        return tomllib.loads(text)
    except RecursionError:
        return problem("pack.syntax", Where(), detail="values are nested too deeply")
    except ValueError as wrong:  # The parser's own error, or a number of absurd length.
        place = _LINE.search(str(wrong))
        line = (int(place[1]) if place[1] else text.rstrip().count("\n") + 1) if place else None
        return problem("pack.syntax", Where(line), detail=_LINE.sub("", str(wrong))[:200])


def _items(parsed: dict[str, Any]) -> list[Any]:
    """Take the items out of a parsed file; the reader will refuse what is no list of tables."""
    items = parsed.pop("item", [])
    return items if isinstance(items, list) else [items]


def _rows(tables: list[Any], headers: list[tuple[str, int]], first_line: int = 1) -> list[Row]:
    """Give each item its line; `first_line` is that of the text in which headers were counted."""
    lines: list[tuple[int, list[int]]] = []
    for name, line in headers:
        if name == "[[item]]":
            lines.append((line + first_line - 1, []))
        elif name == "[[item.part]]" and lines:
            lines[-1][1].append(line + first_line - 1)
    if len(lines) != len(tables):
        # The items were written in some other way that TOML allows; their lines stay unknown.
        return [Row(table) for table in tables]
    return [
        Row(table, line, tuple(parts)) for table, (line, parts) in zip(tables, lines, strict=True)
    ]


def _headers(text: str) -> list[tuple[str, int]]:
    """Return the table headers of a valid file, without blanks, and their lines."""
    found: list[tuple[str, int]] = []
    line, position = 1, 0
    for token in _TOKEN.finditer(text):
        if token["header"]:
            line += text.count("\n", position, token.start("header"))
            position = token.start("header")
            found.append((re.sub(r"[ \t]", "", token["header"]), line))
    return found


def _recover(text: str, reason: Problem) -> Document:
    """Parse the head and each item by itself, so that one broken item costs only itself."""
    starts = [match.start() for match in _ITEM_HEADER.finditer(text)]
    bounds = [0, *starts, len(text)]
    document = Document()
    line = 1
    for number, (start, end) in enumerate(pairwise(bounds)):
        part = text[start:end]
        parsed = _loads(part)
        if isinstance(parsed, Problem):
            document.problems.append(_moved(parsed, part, line))
            document.is_whole = document.is_whole and number > 0
        else:
            document.items += _rows(_items(parsed), _headers(part), line)
            _merge(document.head, parsed)
        line += part.count("\n")
    if not document.problems:
        # Every part is sound alone: they contradict each other, such as a source described twice.
        document.problems.append(reason)
    return document


def _moved(found: Problem, part: str, first_line: int) -> Problem:
    """Place a problem of a part in the whole file, with the item's id where it can be seen."""
    line = first_line + (found.where.line or 1) - 1
    name = _ITEM_ID.search(part)
    return Problem(found.code, Where(line, name[1] if name else None), found.params)


def _merge(head: dict[str, Any], more: dict[str, Any]) -> None:
    """Add tables that stand between items to the head; what came first wins."""
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(head.get(name), dict):
            head[name] = value | head[name]
        else:
            head.setdefault(name, value)
