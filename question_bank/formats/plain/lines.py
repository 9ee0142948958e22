"""Lines of a text: numbered, and parted where several questions were glued into one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from question_bank.formats.authored.options import markers
from question_bank.formats.authored.text import narrow, unbroken
from question_bank.formats.plain.headings import heading_of
from question_bank.formats.plain.keyblocks import entries_of, sequence


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, its text, and what a Word file says of it.

    `styles` are (start, end, style) of what stands out. `pictures` are names of media that stand in
    it. `is_break` says that something else stands here, such as a table of questions: whatever is
    open ends. `entry` orders lines where several share a number.
    """

    number: int
    text: str
    styles: tuple[tuple[int, int, str], ...] = ()
    pictures: tuple[str, ...] = ()
    is_break: bool = False


# The options of the next question stand within so many characters.
_FAR = 2000
_KEY_HEADING = re.compile(r"^\s*([^:：\d]{2,24}[题择断空])\s*[:：]?\s*(\d.{1,4000})$")
_NUMBERS = re.compile(
    r"^\s*(?:题\s?号|序\s?号)?\s*[:：|]?\s*\d{1,4}(?:[\s|、,，]{1,8}\d{1,4}){1,200}\s*$"
)
_KEY_LABEL = re.compile(r"^\s*答\s?案\s*[:：|]?\s*")
_FIRST_A = re.compile(r"(?<![A-Za-z])A\s{0,2}[.、:)]|[(\[]\s?A\s?[)\]]")
_NUMBER = re.compile(r"(?<![\d.])(\d{1,3})\s?[.、]\s?(?=[^\d\s.])")
_ASKED = re.compile(
    r"(?:完成|回答)\s?(?:下面|下列|以下)\s?(?:各|的)?(?:小题|问题)[。.]?\s*(?=\d{1,3}\s?[.、])"
)
_RANGE = re.compile(r"(\d{1,4})\s*(?:[-~—–﹣至到]|～)+\s*(\d{1,4})\s*(?:小题|各题|题)\s*[.。:．]?")


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text, numbered from 1."""
    return [
        Line(number, line.rstrip())
        for number, line in enumerate(unbroken(text.expandtabs(4)).split("\n"), start=1)
    ]


def parted(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines, those in pieces that hold more than one question or material and question.

    A number parts a line only where the options of one question lie before it and those of the next
    behind it, so that no number inside a sentence does.
    """
    for line in _with_plain_keys(lines):
        if len(line.text) < 20 or line.styles:
            yield line
            continue
        yield from _pieces(line)


def _with_plain_keys(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines; answers that stand behind their heading, or below their numbers, alone."""
    place = 0
    while place < len(lines):
        line = lines[place]
        below = lines[place + 1] if place + 1 < len(lines) else None
        place += 1
        keys = _below_numbers(line.text, below.text) if below else ""
        head = _KEY_HEADING.match(line.text)
        if keys:
            yield replace(line, text=keys)
            place += 1
        elif head and heading_of(head[1]) and entries_of(head[2]):
            yield replace(line, text=head[1])
            yield replace(line, text=head[2], pictures=())
        else:
            yield line


def _below_numbers(above: str, below: str) -> str:
    """Return `1.A 2.B` for a line of numbers above a line of keys; empty for other lines."""
    if not _NUMBERS.match(above):
        return ""
    numbers = re.findall(r"\d+", above)
    listed = sequence(_KEY_LABEL.sub("", below), len(numbers))
    return " ".join(f"{one}.{key}" for one, key in zip(numbers, listed, strict=False))


def _pieces(line: Line) -> Iterator[Line]:
    text = line.text
    flat = narrow(text)
    cuts = sorted({*_after_material(flat), *_between_questions(flat)})
    start = 0
    for cut in [*cuts, len(text)]:
        piece = text[start:cut].strip()
        if piece:
            yield replace(line, text=piece, pictures=line.pictures if start == 0 else ())
        elif start == 0 and cut == len(text):
            yield line
        start = cut


def _after_material(flat: str) -> Iterator[int]:
    """Yield where the first question of a material begins in the material's own line."""
    for match in _RANGE.finditer(flat):
        first = re.compile(rf"\s*{match[1]}\s?[.、]")
        if first.match(flat, match.end()):
            yield match.end()
    after = _ASKED.search(flat)
    if after:
        yield after.end()


def _between_questions(flat: str) -> Iterator[int]:
    """Yield where the next question begins after the options of the one before it."""
    starts = [match.start() for match in _FIRST_A.finditer(flat)]
    for this, following in pairwise(starts):
        chain = markers(flat[this:following])
        if len(chain) < 2 or len(markers(flat[following : following + _FAR])) < 2:
            continue
        last = this + chain[-1].end
        numbers = list(_NUMBER.finditer(flat, last, following))
        if numbers:
            yield numbers[0].start()
            if this == starts[0]:
                yield from _first_number(flat[:this], int(numbers[0][1]) - 1)


def _first_number(before: str, number: int) -> Iterator[int]:
    """Yield where the first question begins behind a material, now that its number is known."""
    found = list(re.finditer(rf"(?<=\s){number}\s?[.、]\s?(?=\S)", before))
    if found:
        yield found[-1].start()
