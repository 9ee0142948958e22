"""Texts that say nearly the same, found in a whole bank: character 3-grams and Jaccard similarity.

Comparing every pair would never end. Two sets that are similar enough cannot avoid each other in
their rarest `n - ceil(t n) + 1` members, so only those are looked up (the prefix filter of
similarity joins: Chaudhuri, Ganti, Kaushik 2006). No pair is missed.
"""

from __future__ import annotations

import math
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from question_bank.items import Case, Item, TrueFalse

SIMILAR_FROM = 0.8
GRAM = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An earlier text: its place in the order they came, and the similarity, 0.8 to 1.0."""

    place: int
    similarity: float


def said_by(item: Item) -> str:
    """Return what an item is compared by: its stem and its answer, those of its parts included.

    Many questions begin alike ("which of these is right?"); only with the same answer do they
    ask the same. A statement is its stem alone: that it is false makes it no other statement.
    """
    if isinstance(item, TrueFalse):
        return item.stem
    parts = item.parts if isinstance(item, Case) else ()
    return "\n".join((item.stem, *item.solution(), *(said_by(part) for part in parts)))


def folded(text: str) -> str:
    """Return the letters and digits of a text, width and case folded: what is compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def grams(text: str) -> frozenset[int]:
    """Return the 3-grams of a text as 32-bit numbers; a shorter text is one gram."""
    plain = folded(text)
    pieces = [plain[start : start + GRAM] for start in range(max(1, len(plain) - GRAM + 1))]
    return frozenset(crc32(piece.encode("utf-8")) for piece in pieces)


def similarity(a: str, b: str) -> float:
    """Return how alike two texts are, from 0.0 to 1.0: shared 3-grams over all that they have."""
    first, second = grams(a), grams(b)
    return len(first & second) / len(first | second)


def neighbours(
    texts: Sequence[str], *, since: int = 0, threshold: float = SIMILAR_FROM
) -> Iterator[tuple[int, Neighbour]]:
    """Yield (place, most similar earlier text) for each text from place `since` on that has one.

    Texts before `since` are the bank, those after it are new. Of equally similar ones the earliest
    is named.
    """
    sets = [array("I", sorted(grams(text))) for text in texts]
    common = Counter(gram for members in sets for gram in members)
    holders: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    for place, members in enumerate(sets):
        prefix = _rarest(members, common, threshold)
        if place >= since:
            candidates = {earlier for gram in prefix for earlier in holders.get(gram, ())}
            if found := _nearest(members, candidates, sets, threshold):
                yield place, found
        for gram in prefix:
            holders[gram].append(place)


def _rarest(members: Sequence[int], common: Counter[int], threshold: float) -> list[int]:
    ordered = sorted(members, key=lambda gram: (common[gram], gram))
    return ordered[: len(ordered) - math.ceil(threshold * len(ordered)) + 1]


def _nearest(
    members: array[int], candidates: Iterable[int], sets: Sequence[array[int]], threshold: float
) -> Neighbour | None:
    own = set(members)
    best: Neighbour | None = None
    for place in sorted(candidates):
        other = sets[place]
        # Sets whose sizes differ too much cannot be similar, whatever they share.
        if min(len(own), len(other)) < threshold * max(len(own), len(other)):
            continue
        shared = sum(1 for gram in other if gram in own)
        likeness = shared / (len(own) + len(other) - shared)
        if likeness >= threshold and (best is None or likeness > best.similarity):
            best = Neighbour(place, likeness)
    return best
