"""Clauses as Chinese law counts them: 第五十五条, 第三条第三款, 第十七条之一."""

import re

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_ARTICLE = re.compile(r"第([^第条]+)条")
# Parts of a document that stand outside the count of its articles.
_OUTSIDE = ("序言", "附")


def to_hanzi(number: int) -> str:
    """Return a whole number from 1 to 9999 as it is written in a clause: 105 is 一百零五."""
    text, rest = "", number
    for unit, name in _UNITS:
        digit, rest = divmod(rest, unit)
        if digit:
            text += _DIGITS[digit] + name
        elif text and rest and not text.endswith("零"):
            text += "零"
    text += _DIGITS[rest] if rest else ""
    return text.removeprefix("一") if 10 <= number < 20 else text


def from_hanzi(text: str) -> int | None:
    """Return the number a numeral stands for, or None when it is not written as laws write it."""
    total = digit = 0
    units = {name: unit for unit, name in _UNITS}
    for character in text.replace("〇", "零"):
        if character in units:
            total += (digit or 1) * units[character]
            digit = 0
        elif character in _DIGITS:
            digit = _DIGITS.index(character)
        else:
            return None
    number = total + digit
    # Writing it back refuses what no law writes, such as 五五 or 一百二条.
    is_sound = 1 <= number <= 9999 and to_hanzi(number) == text.replace("〇", "零")
    return number if is_sound else None


def articles_of(clause: str) -> list[int] | None:
    """Return the numbers of the articles that a clause names.

    The list is empty for a preamble or an annex; None means that no article can be read from the
    clause.
    """
    if clause.startswith(_OUTSIDE):
        return []
    numbers = [from_hanzi(numeral) for numeral in _ARTICLE.findall(clause)]
    whole = [number for number in numbers if number is not None]
    return whole if whole and len(whole) == len(numbers) else None
