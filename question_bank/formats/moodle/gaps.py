"""Rows of underscores: which is the blank, and which is only drawn."""

import re

from question_bank.formats.problems import Problem, Where, problem
from question_bank.items.draft import BLANK

# Where answers stood inside a text, until it is known what kind of question it is.
GAP = chr(0xFF05F)

_ROW = re.compile("_{4,}")
_DRAWN = "___"


def one_gap(stem: str, where: Where) -> tuple[str, list[Problem]]:
    """Return the stem of a question with one blank, and what was mended.

    The blank is where `GAP` stands, else the only row of underscores; of several rows none is,
    and the blank follows the stem.
    """
    rows = len(_ROW.findall(stem))
    if GAP in stem:
        mended, stem = rows > 0, _ROW.sub(_DRAWN, stem).replace(GAP, BLANK)
    else:
        mended, stem = rows > 1, _ROW.sub(_DRAWN if rows > 1 else BLANK, stem)
    return stem, [problem("plain.underscores", where)] if mended else []


def drawn(stem: str) -> str:
    """Return the stem of any other question, with the gap only drawn."""
    return stem.replace(GAP, BLANK)
