"""Telling the material of a case from other text."""

import re
from collections.abc import Sequence

from question_bank.formats.authored.text import narrow

_VERB = r"回答|完成|解答|做|答"
_RANGE = re.compile(
    rf"(?:{_VERB}|材料|根据|第)[^。?!]{{0,16}}?(\d{{1,4}})\s{{0,2}}(?:[-~—–﹣至到、]|～){{1,2}}\s{{0,2}}"
    r"(\d{1,4})\s{0,2}(?:小?题|各题|问)"
)
_OPEN = re.compile(
    rf"(?:{_VERB})\s?(?:下面|下列|以下|后面|下述)?\s?(?:各|的|几个|几道|两个|两道)*\s?(?:小题|各题|问题|题目|试题)"
)
_CUE = re.compile(r"据此|根据|阅读|结合|读图|下列材料|下面材料|以下材料|案例|材料")
_HEAD = re.compile(
    r"^\s*(?:[【\[(]\s?)?(?:案例|材料|情景|情境|背景材料|共用题干)\s?[一二三四五六七八九十\d]{0,2}\s?(?:[】\])]|[:])"
)


def material_in(texts: Sequence[str]) -> tuple[int, int, bool] | None:
    """Return the numbers of the questions that share these lines, if the lines say so.

    (0, 0, …) means that they give no numbers; the flag is False when only the word 案例 or the like
    at the start says so.
    """
    flat = narrow("\n".join(texts))
    found = _RANGE.search(flat)
    if found and _CUE.search(flat) and int(found[1]) < int(found[2]) <= int(found[1]) + 30:
        return int(found[1]), int(found[2]), True
    if _OPEN.search(flat) and _CUE.search(flat) and len(flat) > 12:
        return 0, 0, True
    return (0, 0, False) if _HEAD.match(flat) else None
