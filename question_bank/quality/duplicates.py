"""Items that say the same: character 3-grams compared by Jaccard similarity."""

import math
from collections.abc import Sequence

from question_bank.formats.pack import PackItem
from question_bank.formats.problems import Problem, Where, problem
from question_bank.quality.neighbours import neighbours, said_by


def check_duplicates(items: Sequence[PackItem]) -> list[Problem]:
    """Report each item that repeats the id, or the stem and answer, of one before it."""
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
    found: list[Problem] = []
    for place, near in neighbours([said_by(packed.item) for packed in items]):
        where = Where(items[place].line, items[place].uid)
        percent = math.floor(near.similarity * 100)
        other = items[near.place].uid
        found.append(problem("quality.duplicate", where, other=other, similarity=percent))
    return found
