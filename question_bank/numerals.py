"""Chinese numerals inside a text, turned into Arabic ones.

Works on text that was normalised and case-folded before (`text.fold`). Where a run of numerals is
no number, such as 二十三四, it stays as it is.
"""

import math
import re
from decimal import Decimal

_DIGITS: dict[str, int] = {
    **{name: digit for digit, name in enumerate("零一二三四五六七八九")},
    **{name: digit for digit, name in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "〇": 0,
    "○": 0,
    "两": 2,
    "兩": 2,
    "貳": 2,
    "參": 3,
    "叄": 3,
    "陸": 6,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NAMES = "".join((*_DIGITS, *_UNITS, *_GROUPS))
_COUPLES = frozenset("两兩")
_HUNDRED = 100
_LONGEST = 40

# A digit of a group can be written in Arabic: 3万, 1.5亿. All quantifiers are possessive: no text
# can make the search go back over what it has read.
_NUMBER = re.compile(
    rf"(?:(?P<of>[0-9{_NAMES}]++)分之)?+"
    rf"(?P<sign>负?+)"
    rf"(?P<whole>(?:[0-9]++(?:\.[0-9]++)?+|[{_NAMES}])++)"
    rf"(?:点(?P<fraction>[{''.join(_DIGITS)}]++))?+"
)
_TOKEN = re.compile(rf"[0-9]++(?:\.[0-9]++)?+|[{_NAMES}]")
_SHARES = {"百": "%", "100": "%", "千": "‰", "1000": "‰"}


def arabic_in(text: str) -> str:
    """Return the text with its Chinese numbers in Arabic digits.

    一百二十 is 120, 两千零五 2005, 二〇二六 2026, 3万 30000, 三点五 3.5, 负二 -2, 百分之五 5%,
    三分之二 2/3. Digits read one by one keep their zeros: 零零七 is 007. Arabic numbers by
    themselves are not touched.
    """
    return _NUMBER.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    """Return a number that was found in Arabic digits, or the match itself when it is none."""
    number = _read(found["whole"])
    if number is None:
        return found[0]
    if found["fraction"]:
        number += "." + _one_by_one(found["fraction"])
    number = ("-" if found["sign"] else "") + number
    if not found["of"]:
        return number
    if mark := _SHARES.get(found["of"]):
        return number + mark
    base = _read(found["of"])
    return found[0] if base is None else f"{number}/{base}"


def _read(run: str) -> str | None:
    """Return a run of numerals in Arabic digits, or None when it is no number."""
    if run[0] in "0123456789" and _TOKEN.fullmatch(run):
        return run
    if len(run) > _LONGEST:
        return None
    tokens = _TOKEN.findall(run)
    if all(token in _DIGITS for token in tokens):
        return None if len(run) > 1 and _COUPLES & set(run) else _one_by_one(run)
    total = _total(tokens)
    return None if total is None else format(total.normalize(), "f")


def _one_by_one(digits: str) -> str:
    return "".join(str(_DIGITS[digit]) for digit in digits)


def _total(tokens: list[str]) -> Decimal | None:
    """Add up digits, units and groups, such as 三万五千零二十; None when they do not fit together.

    A last digit straight behind a unit is of the next one: 三万五 is 35000, 一百二 is 120.
    """
    total = section = Decimal(0)
    digit: Decimal | None = None
    last = 1  # The unit or group that was read last, 1 after a zero.
    highest = math.inf  # The next unit of this section has to be smaller.
    for token in tokens:
        if group := _GROUPS.get(token):
            section += digit or 0
            if group * 10 > total > 0:  # 三万亿: all that went before counts in 亿.
                total, section = (total + section) * group, Decimal(0)
            else:
                total, section = total + (section or 1) * group, Decimal(0)
            digit, last, highest = None, group, math.inf
        elif unit := _UNITS.get(token):
            if unit >= highest:
                return None
            section += (1 if digit is None else digit) * unit
            digit, last, highest = None, unit, unit
        elif digit is not None:
            return None
        elif value := _DIGITS.get(token, token):
            digit = Decimal(value)
        else:
            last = 1
    if digit is not None and last >= _HUNDRED:
        digit *= last // 10
    return total + section + (digit or 0)
