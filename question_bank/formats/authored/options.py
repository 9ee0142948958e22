"""Finding options in a line or a cell: lettered in any style, or split by a separator."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from question_bank.formats.authored.text import narrow, tidy
from question_bank.items.options import LETTERS

_BRACKETED = r"[(\[【〔]\s?(?P<inside>[A-Za-z])\s?[)\]】〕]\s?[.、:]?"
_DELIMITED = r"(?P<before>[A-Za-z])\s{0,2}(?P<delimiter>[.、:)。．]|,(?=\S))"
_CIRCLED = r"(?P<circled>[Ⓐ-Ⓩⓐ-ⓩ⒜-⒵🅐-🅩🄰-🅉])[.、:]?"
_MARKER = re.compile(f"{_BRACKETED}|{_DELIMITED}|{_CIRCLED}")
_CIRCLES = {
    chr(first + place): LETTERS[place]
    for first in (0x24B6, 0x24D0, 0x249C, 0x1F150, 0x1F130)
    for place in range(26)
}
# An option that has only a space after its letter, or nothing at all, counts at the start of a line
# and only where the line with the next letter follows.
_BARE = re.compile(r"\s*([A-Za-z])(?:[ \t]+(?=\S)|(?=[\u3400-\u9fff“‘《]))")
_NUMBERED = re.compile(r"\s*(?:[(\[]?(\d{1,2})(?:[)\]、:]|\.(?!\d))|([①-⑳]))\s*")
_SEPARATORS = ("|", "\n", "$;$", "$$", "$", ";", "；")
# An option is no longer than this where its letter is doubted.
_FAR = 400
_STOPS = " \t;；,，。、"


@dataclass(frozen=True, slots=True)
class Marker:
    """The letter of an option in a text: where it begins, where the option's own text begins."""

    letter: str
    start: int
    end: int
    style: str


def markers(text: str, first: str = "A") -> list[Marker]:
    """Return the markers of options that follow each other from the letter `first` on.

    They may begin anywhere; a later one has the style of the first. An option without any text ends
    the chain: `A、B、C三点` is no list of options.
    """
    found: list[Marker] = []
    flat = narrow(text)
    expected = first
    for match in _MARKER.finditer(flat):
        letter = _letter(match)
        if letter != expected or not _stands_free(flat, match, bool(found)):
            continue
        marker = Marker(letter, match.start(), match.end(), _style(match))
        if found and not _continues(found[-1], marker, flat):
            continue
        found.append(marker)
        place = LETTERS.index(letter) + 1
        if place == len(LETTERS):
            break
        expected = LETTERS[place]
    return found


def mislabelled(text: str, found: Sequence[Marker]) -> Marker | None:
    """Return the one marker behind the last option whose letter was used before: A, B, C, B."""
    if len(found) < 2 or found[-1].letter == LETTERS[-1]:
        return None
    last = found[-1]
    flat = narrow(text[: last.end + _FAR])
    used = {marker.letter for marker in found}
    again = [
        match
        for match in _MARKER.finditer(flat, last.end)
        if _letter(match) in used
        and _style(match) == last.style
        and flat[match.start() - 1].isspace()
        and flat[last.end : match.start()].strip()
    ]
    if len(again) != 1:
        return None
    place = LETTERS.index(last.letter) + 1
    return Marker(LETTERS[place], again[0].start(), again[0].end(), last.style)


def _letter(match: re.Match[str]) -> str:
    if match["circled"]:
        return _CIRCLES.get(match["circled"], "")
    return str(match["inside"] or match["before"]).upper()


def _style(match: re.Match[str]) -> str:
    if match["circled"]:
        return "circle"
    if match["inside"]:
        return "bracket"
    return "lower" if match["before"].islower() else "letter"


def _stands_free(flat: str, match: re.Match[str], is_later: bool) -> bool:
    """Tell whether a letter begins a word: that of USA. does not, nor that of 3A. at first."""
    if match["before"] is None or match.start() == 0:
        return True
    previous = flat[match.start() - 1]
    if not previous.isascii():
        # 与A、B有关: a letter that a comma for lists follows begins no options inside a sentence.
        is_listed = match["delimiter"] == "、" and not is_later
        return not (is_listed and previous.isalpha())
    return not previous.isalpha() and (is_later or not previous.isdigit()) and previous not in "-/'"


def _continues(previous: Marker, marker: Marker, flat: str) -> bool:
    return previous.style == marker.style and bool(flat[previous.end : marker.start].strip(_STOPS))


def bare_marker(text: str, expected: str) -> Marker | None:
    """Return the marker of `A 甲` or `A甲` at the start of a text, if its letter is expected."""
    match = _BARE.match(narrow(text))
    if match is None or match[1].upper() != expected:
        return None
    return Marker(expected, 0, match.end(), "bare")


def trimmed(text: str) -> str:
    """Return the text of an option without the separator that stood between it and the next."""
    return tidy(text.strip(" \t\u3000")).rstrip(";；").rstrip()


def split_options(text: str) -> list[tuple[str, str]]:
    """Return the options of one cell as (letter, text).

    Lettered options win; otherwise the first separator that splits is taken: a bar, line breaks,
    dollar signs, semicolons. A text that none of them splits is one option.
    """
    text = tidy(text)
    if not text:
        return []
    found = markers(text)
    if len(found) > 1 and not text[: found[0].start].strip():
        return by_markers(text, found)
    return [
        (LETTERS[place], piece)
        for place, piece in enumerate(unlabelled(_pieces(text))[: len(LETTERS)])
    ]


def by_markers(text: str, found: Sequence[Marker]) -> list[tuple[str, str]]:
    """Cut a text at its markers: (letter, text) of each option."""
    ends = [marker.start for marker in found[1:]] + [len(text)]
    return [
        (marker.letter, trimmed(text[marker.end : end]).strip("|｜$").strip())
        for marker, end in zip(found, ends, strict=True)
    ]


def _pieces(text: str) -> list[str]:
    if text.startswith("[") and text.endswith("]"):
        try:
            listed = json.loads(text)
        except ValueError:
            listed = None
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return [tidy(one) for one in listed if one.strip()]
    flat = text.replace("｜", "|").replace("＄", "$")
    for separator in _SEPARATORS:
        if separator in flat:
            pieces = [tidy(piece) for piece in flat.split(separator)]
            filled = [piece for piece in pieces if piece]
            if len(filled) > 1:
                return filled
    return [text]


def unlabelled(pieces: Sequence[str]) -> list[str]:
    """Take away letters or numbers that count the pieces through, and only then."""
    if len(pieces) < 2:
        return list(pieces)
    labels = [(_label(piece, place), piece) for place, piece in enumerate(pieces)]
    if not all(end for end, _ in labels):
        return list(pieces)
    return [piece[end:].strip() for end, piece in labels]


def _label(piece: str, place: int) -> int:
    """Return where the text of the option at this place begins after its label, 0 without one."""
    flat = narrow(piece)
    numbered = _NUMBERED.match(flat)
    if numbered:
        number = int(numbered[1]) if numbered[1] else ord(numbered[2]) - 0x245F
        return numbered.end() if number == place + 1 and numbered.end() < len(piece) else 0
    lettered = _MARKER.match(flat)
    if lettered and place < len(LETTERS) and _letter(lettered) == LETTERS[place]:
        return lettered.end()
    bare = bare_marker(piece, LETTERS[place]) if place < len(LETTERS) else None
    return bare.end if bare else 0
