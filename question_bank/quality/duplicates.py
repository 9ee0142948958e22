"""Items that say the same: character 3-grams compared by Jaccard similarity."""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from question_bank.formats.pack import PackItem
from question_bank.formats.problems import Problem, Where, problem
from question_bank.items import Choice

SIMILAR_FROM = 0.8
GRAM = 3


def check_duplicates(items: Sequence[PackItem]) -> list[Problem]:
    """Report each item that repeats the id, or the stem and right answers, of one before it.

    Texts are alike from a similarity of 0.8 on: the 3-grams they share over all that they have.
    """
    return [*_same_ids(items), *_same_texts(items)]


def _same_ids(items: Sequence[PackItem]) -> list[Problem]:
    seen: set[str] = set()
    found: list[Problem] = []
    for item in items:
        if item.uid in seen:
            found.append(problem("quality.duplicate_id", Where(item.line, item.uid)))
        seen.add(item.uid)
    return found


def _same_texts(items: Sequence[PackItem]) -> list[Problem]:
    """Compare only items that share one of their rare grams, or a bank of 20,000 would never end.

    Sets that are similar enough cannot avoid each other in their rarest `n - ceil(0.8 n) + 1` grams
    (the prefix filter of similarity joins), so no pair is missed.
    """
    grams = [_grams(item) for item in items]
    commonness = Counter(gram for some in grams for gram in some)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    found: list[Problem] = []
    for later, item in enumerate(items):
        rarest = sorted(grams[later], key=lambda gram: (commonness[gram], gram))
        prefix = rarest[: len(rarest) - math.ceil(SIMILAR_FROM * len(rarest)) + 1]
        candidates = sorted({earlier for gram in prefix for earlier in holders[gram]})
        for earlier in candidates:
            likeness = _jaccard(grams[earlier], grams[later])
            if likeness >= SIMILAR_FROM:
                where = Where(item.line, item.uid)
                other, percent = items[earlier].uid, math.floor(likeness * 100)
                found.append(problem("quality.duplicate", where, other=other, similarity=percent))
                break
        for gram in prefix:
            holders[gram].append(later)
    return found


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b)


def _grams(packed: PackItem) -> frozenset[str]:
    """Return the 3-grams, at least one, of stem and right options: letters, digits and hanzi."""
    parts = [packed.item.stem]
    if isinstance(packed.item, Choice):
        parts += [option.text for option in packed.item.options if option.id in packed.item.key]
    folded = unicodedata.normalize("NFKC", "".join(parts)).casefold()
    text = "".join(character for character in folded if character.isalnum())
    return frozenset(text[i : i + GRAM] for i in range(max(1, len(text) - GRAM + 1)))
