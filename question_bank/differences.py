"""What changed between two wordings, in pieces that people can read.

Chinese has no spaces, so characters are compared; digits and Latin letters are compared as whole
words and numbers. A single character that two texts share between two changes explains nothing, and
goes with the change around it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

MAX_TOKENS = 3000  # longer texts are compared sentence by sentence
ISLAND = 2  # a shared stretch of fewer tokens between two changes is no help to the eye
_TOKENS = re.compile(r"[A-Za-z]+|[0-9]+(?:[.,][0-9]+)*|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。！？；\n]*[。！？；\n]?")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text: `same` in both, `removed` from the first, or `added` by the second."""

    kind: Kind
    text: str


def differences(before: str, after: str) -> tuple[Segment, ...]:
    """Return the pieces that lead from one text to the other.

    The `same` and `removed` pieces give the first text, the `same` and `added` ones the second. A
    removed piece stands before the added one that takes its place; no piece is empty.
    """
    if before == after:
        return (Segment("same", before),) if before else ()
    old, new = _tokens(before), _tokens(after)
    if max(len(old), len(new)) > MAX_TOKENS:
        old, new = _SENTENCES.findall(before), _SENTENCES.findall(after)
    changes = _joined(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    return tuple(_segments(old, new, changes))


def _tokens(text: str) -> list[str]:
    return _TOKENS.findall(text)


Change = tuple[bool, int, int, int, int]


def _joined(opcodes: Sequence[tuple[str, int, int, int, int]]) -> list[Change]:
    """Return stretches as (is the same, from, to, from, to), islands merged into the changes."""
    joined: list[Change] = []
    for place, (tag, a, b, c, d) in enumerate(opcodes):
        is_inside = 0 < place < len(opcodes) - 1
        is_same = tag == "equal" and not (is_inside and b - a < ISLAND)
        if joined and joined[-1][0] == is_same:
            joined[-1] = (is_same, joined[-1][1], b, joined[-1][3], d)
        else:
            joined.append((is_same, a, b, c, d))
    return joined


def _segments(
    old: Sequence[str], new: Sequence[str], changes: Sequence[Change]
) -> Iterator[Segment]:
    for is_same, a, b, c, d in changes:
        removed, added = "".join(old[a:b]), "".join(new[c:d])
        if is_same:
            yield Segment("same", removed)
            continue
        if removed:
            yield Segment("removed", removed)
        if added:
            yield Segment("added", added)
