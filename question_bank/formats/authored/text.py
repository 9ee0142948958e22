"""Tidying text without changing what it says, and folding it for comparison."""

import re
import unicodedata
from functools import lru_cache

# Characters without a width that editors and web pages leave behind.
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
_SPACES = dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F), " ")
_BREAKS = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n"}
_CONTROL = dict.fromkeys(n for n in range(0x20) if n not in (0x09, 0x0A))
# Full-width ASCII, one character for one, so that places found in the narrow text hold in the
# text as it was typed.
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20}
# Most texts have none of the characters that are mended, which one search tells.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\xa0\xad\u2002\u2003\u2007\u2009\u200b\u200e\u200f\u2028\u2029\u202f\u2060\ufeff]"
)
_MARGIN = " \n\u3000"


def unbroken(text: str) -> str:
    """Return text whose lines end in a line feed only, without invisible characters."""
    if _ODD.search(text) is None:
        return text
    for found, mended in _BREAKS.items():
        if found in text:
            text = text.replace(found, mended)
    return text.translate(_INVISIBLE).translate(_CONTROL)


def tidy(text: str) -> str:
    """Return text as it is stored: plain spaces, no space at the end of a line or of the text."""
    if _ODD.search(text) is None and "\n" not in text:
        return text.strip(_MARGIN).rstrip()
    text = unbroken(text).translate(_SPACES).strip(_MARGIN)
    if "\n" not in text:
        return text.rstrip()
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip()


def narrow(text: str) -> str:
    """Return text with full-width letters, digits and marks made narrow, of the same length."""
    if text.isascii():
        return text
    return text.translate(_NARROW)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return text for comparing: width, case and spaces do not count."""
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    return "".join(folded.split())


def excerpt(text: str, length: int = 40) -> str:
    """Return the beginning of a text in one line, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
