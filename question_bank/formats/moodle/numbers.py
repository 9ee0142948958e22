"""Numbers with a margin, as Moodle writes them: `5`, `5:0.1`, `1..5`."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from question_bank.items.draft import Span
from question_bank.text import MAX_EXPONENT, decimal_text

_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:[.,][0-9]{0,40})?|[.,][0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
)


def number_of(text: str) -> Decimal | None:
    """Return a decimal number; full width and a comma as the decimal mark are understood."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        number = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None
    return None if number and abs(number.adjusted()) > MAX_EXPONENT else number


def span_of(text: str, credit: float = 1.0) -> Span | None:
    """Return the numbers that `5`, `5:0.1` or `1..5` accept, or None when it is none of these."""
    text = unicodedata.normalize("NFKC", text).strip()
    if ".." in text[1:]:
        low, high = (number_of(part) for part in text.split("..", 1))
        if low is None or high is None:
            return None
        return _span(min(low, high), max(low, high), credit)
    number, _, margin = text.partition(":")
    return span_around(number, margin or "0", credit)


def span_around(number: str, margin: str, credit: float = 1.0) -> Span | None:
    """Return the numbers that lie no further than `margin` from `number`, or None."""
    middle, half = number_of(number), number_of(margin or "0")
    if middle is None or half is None:
        return None
    return _span(middle - abs(half), middle + abs(half), credit)


def middle_of(span: Span) -> tuple[str, str] | None:
    """Return the number in the middle of a span and its distance to the ends, or None."""
    low, high = number_of(span.low), number_of(span.high)
    if low is None or high is None:
        return None
    middle, half = (low + high) / 2, (high - low) / 2
    return decimal_text(middle.normalize()), decimal_text(half.normalize())


def _span(low: Decimal, high: Decimal, credit: float) -> Span:
    return Span(decimal_text(low.normalize()), decimal_text(high.normalize()), credit)
