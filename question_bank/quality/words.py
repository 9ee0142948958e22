"""Words that an item should do without, each with its reason."""

import re
from dataclasses import dataclass
from typing import Literal

Reason = Literal["catch_all_option", "demeaning", "judges_people", "absolute", "bossy"]


@dataclass(frozen=True, slots=True)
class Avoided:
    """A pattern and why it is avoided."""

    pattern: re.Pattern[str]
    reason: Reason


def _avoided(pattern: str, reason: Reason) -> Avoided:
    return Avoided(re.compile(pattern), reason)


AVOIDED: tuple[Avoided, ...] = (
    # After the options are shuffled, nothing stands “above” any more. 三年以上 is something else.
    _avoided(
        "(?<![年月日天人名岁倍级米元个十百千万%])以上(?:选项|各项|说法|做法|内容)?"
        "(?:(?:全部|都|均|皆|全)+(?:不|是|非|对|正确|错误)|正确|错误)",
        "catch_all_option",
    ),
    # 笨重 is said of loads, not of people.
    _avoided("笨(?!重)|蠢|弱智|残废|乡巴佬|泥腿子|没文化|素质低|低素质", "demeaning"),
    _avoided("落后分子|思想落后|觉悟(?:太|很|较)?低|立场不坚定|政治不合格", "judges_people"),
    _avoided("最先进|绝对正确|永远正确|唯一正确|百分之百正确|毫无疑问", "absolute"),
    _avoided("务必", "bossy"),
)

# Words that order people about: outside statutory training nobody is told so.
_COMMANDING = re.compile(
    r"必须|务必|逾期|强制|不得缺席|\b(?:must|mandatory|compulsory|overdue)\b", re.IGNORECASE
)


def find_commanding(text: str) -> str | None:
    """Return the first word of a text that orders people about, or None."""
    found = _COMMANDING.search(text)
    return found[0] if found else None
