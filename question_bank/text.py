"""Comparing free text and reading numbers, as people type them on Chinese and English keyboards.

Two texts are alike when their folded forms are equal. Folding is for comparing only: nothing that
was folded is ever stored or shown. Every function is linear in its input, which is cut off at
`MAX_TEXT` characters.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from question_bank.numerals import arabic_in

MAX_TEXT = 4000
MAX_NUMBER = 64
# Beyond this power of ten a number is a slip of the finger, and arithmetic with it a trap.
MAX_EXPONENT = 30

_HANZI = "\u3007\u3400-\u9fff\uf900-\ufaff"
_SPACE_BESIDE_HANZI = re.compile(rf"(?<=[{_HANZI}]) | (?=[{_HANZI}])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# Marks that people put around an answer. Signs that change its meaning (+ - % # & / ° $) are none.
_AROUND = " .,;:!?…—~·、。「」『』《》〈〉【】[](){}\"'“”‘’`_"
_POINT_BEFORE_DIGIT = re.compile(r"\.(?=[0-9])")
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})++(?![0-9,])")
_DASHES = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-", "\ufe63": "-"})
_SHARES = {"%": 100, "‰": 1000}
_NUMBER = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:e[+-]?[0-9]{1,3})?")
_TIMES_TEN = re.compile(r"[x×*]10\^(?=[+-]?[0-9])")
_POINT_GROUPS = re.compile(r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3})++),([0-9]++)")
_COMMA_DECIMAL = re.compile(r"([+-]?[0-9]++),([0-9]++)")


def fold(text: str) -> str:
    """Return the form in which texts are compared.

    Full and half width, case, invisible marks, spaces beside hanzi and runs of spaces, punctuation
    at the ends, thousands separators, and Chinese beside Arabic numerals make no difference:
    `Ａ班 ` is `a班`, `一百二十` and `壹佰贰拾` are `120`, `3万` is `30000`, `百分之五` is `5%`.
    Leading zeros and signs do: `001` is not `1`, `-1` is not `1`, `+86` is not `86`.
    """
    return _fold(text[:MAX_TEXT])


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Case folding can undo the normal form (İ is one example), so it is made once more.
    plain = unicodedata.normalize("NFKC", plain).translate(_DASHES)
    plain = " ".join(_INVISIBLE.sub("", plain).split())
    plain = _SPACE_BESIDE_HANZI.sub("", plain)
    bare = _without_marks_around(plain) or plain
    return arabic_in(_GROUPED.sub(lambda found: found[0].replace(",", ""), bare))


def _without_marks_around(text: str) -> str:
    """Strip punctuation from the ends, but leave the point of `.5` where it is."""
    left = text.lstrip(_AROUND)
    start = len(text) - len(left)
    if start and left[:1].isascii() and _POINT_BEFORE_DIGIT.match(text, start - 1):
        left = "." + left
    return left.rstrip(_AROUND)


def is_alike(given: str, accepted: str, *, is_exact: bool = False) -> bool:
    """Tell whether a text that a person gave is the one that is accepted.

    `is_exact` compares character by character; only spaces around the text make no difference then.
    """
    if is_exact:
        return given.strip() == accepted.strip()
    return fold(given) == fold(accepted)


def read_number(text: str, unit: str = "") -> Decimal | None:
    """Return the number that a person typed, or None when the text is no single number.

    Read are full width, signs, `1,000`, `1.5e3`, `1.5×10^3`, Chinese numerals, percent (`5%` is
    0.05, unless the unit is %), and a comma decimal where it can be nothing else: `3,5` and `0,125`
    are decimals, `1,250` is a thousand and more. A unit at the end is taken off when it is the
    item's own `unit`; its case counts, because mW and MW are not the same.
    """
    if len(text) > MAX_NUMBER:
        return None
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    bare_unit = "".join(unicodedata.normalize("NFKC", unit).split())
    if bare_unit:
        plain = plain.removesuffix(bare_unit)
    plain = _TIMES_TEN.sub("e", arabic_in(plain.casefold()))
    plain = plain.removesuffix("。")
    share = _SHARES.get(plain[-1:])
    found = _decimal(_with_points(plain[:-1] if share else plain))
    return found / share if found is not None and share else found


def _with_points(plain: str) -> str:
    """Return the digits without separators of thousands, and with a point as decimal separator."""
    sign, digits = (plain[0], plain[1:]) if plain[:1] in ("+", "-") else ("", plain)
    if _GROUPED.match(digits) and not digits.startswith("0"):
        return sign + digits.replace(",", "")
    if european := _POINT_GROUPS.fullmatch(plain):
        return f"{european[1]}{european[2].replace('.', '')}.{european[3]}"
    return _COMMA_DECIMAL.sub(r"\1.\2", plain) if _COMMA_DECIMAL.fullmatch(plain) else plain


def _decimal(plain: str) -> Decimal | None:
    if not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain)
    return None if number and abs(number.adjusted()) > MAX_EXPONENT else number


def decimal_text(number: Decimal) -> str:
    """Return a number in plain digits, without an exponent: 1E+3 is `1000`, -0 is `0`."""
    return format(number if number else abs(number), "f")
