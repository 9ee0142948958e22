"""From bytes to text: UTF-8, UTF-16 with and without a byte order mark, GB18030.

Bytes that are none of these are refused: a wrong guess would fill the bank with characters nobody
typed.
"""

import codecs
import re
from dataclasses import dataclass

from question_bank.formats.problems import Problem, Where, problem

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
MIXED = "utf-8, gb18030"
# Line ends other than a line feed: CR LF, CR, next line, line and paragraph separator.
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
# Most characters of running Chinese text are in GB 2312, the first part of GB 18030. Western text
# in another encoding also decodes as GB 18030, but to rare characters outside this part.
_LEAST_COMMON = 0.3
_SAMPLE = 20_000
_LEAST_PLAUSIBLE = 0.9


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, its lines separated by a line feed, and how its bytes were read."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded | Problem:
    """Return the text of `data`, or the problem `file.encoding`."""
    for read in (_marked, _wide, _utf8, _line_by_line, _gb18030):
        found = read(data)
        if found is not None and "\x00" not in found.text:
            return Decoded(_LINE_END.sub("\n", found.text), found.encoding)
    return problem("file.encoding", Where())


def _marked(data: bytes) -> Decoded | None:
    """Read text that says what it is by a byte order mark."""
    for mark, codec, name in _BOMS:
        if data.startswith(mark):
            text = _strict(data, codec)
            return None if text is None else Decoded(text, name)
    return None


def _wide(data: bytes) -> Decoded | None:
    """Read UTF-16 without a mark: of the two byte orders the one that gives usual characters.

    Such text always holds zero bytes, in the line ends if nowhere else, and no other text does.
    """
    if b"\x00" not in data or len(data) % 2:
        return None
    best: tuple[float, str, str] = (_LEAST_PLAUSIBLE, "", "")
    for codec in ("utf-16-le", "utf-16-be"):
        text = _strict(data, codec)
        if text and _plausible(text) > best[0]:
            best = (_plausible(text), text, codec)
    return Decoded(best[1], best[2]) if best[2] else None


def _utf8(data: bytes) -> Decoded | None:
    text = _strict(data, "utf-8")
    return None if text is None else Decoded(text, "utf-8")


def _gb18030(data: bytes) -> Decoded | None:
    text = _strict(data, "gb18030")
    return Decoded(text, "gb18030") if text is not None and _is_chinese(text) else None


def _line_by_line(data: bytes) -> Decoded | None:
    """Read a file put together from two others, some of its lines UTF-8 and some GB18030.

    A line of GB18030 is hardly ever UTF-8 by accident when that would give characters of three
    bytes, as Chinese ones are.
    """
    lines: list[str] = []
    has_utf8 = False
    for line in data.split(b"\n"):
        found = _utf8(line) or _gb18030(line)
        if found is None:
            return None
        has_utf8 = has_utf8 or (
            found.encoding == "utf-8" and max(found.text, default="") > "\u07ff"
        )
        lines.append(found.text)
    return Decoded("\n".join(lines), MIXED) if has_utf8 else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_chinese(text: str) -> bool:
    """Tell whether the characters beyond ASCII are mostly common Chinese ones."""
    wide = [character for character in text[:_SAMPLE] if character > "\x7f"]
    common = sum(1 for character in wide if _in_gb2312(character))
    return common >= _LEAST_COMMON * len(wide)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _plausible(text: str) -> float:
    """Return the share of characters that people write: ASCII, Latin, Chinese, full width."""
    sample = text[:_SAMPLE]
    usual = sum(
        1
        for character in sample
        if " " <= character <= "\u024f"
        or character in "\t\r\n"
        or "\u2000" <= character <= "\u27bf"
        or "\u3000" <= character <= "\u30ff"
        or "\u4e00" <= character <= "\u9fff"
        or "\uff00" <= character <= "\uffef"
    )
    return usual / len(sample)
