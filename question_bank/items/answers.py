"""Texts and numbers that are accepted, and the credit each gives."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from question_bank.items.draft import Accepted, Span
from question_bank.text import decimal_text, is_alike, read_number


def text_credit(given: str, accepted: Iterable[Accepted], *, is_exact: bool = False) -> float:
    """Return the most credit that any accepted text gives to this one, 0.0 when none is alike."""
    fitting = (a.credit for a in accepted if is_alike(given, a.text, is_exact=is_exact))
    return max(fitting, default=0.0)


def number_credit(number: Decimal, spans: Iterable[Span]) -> float:
    """Return the most credit that any span gives to a number; bounds belong to their span."""
    fitting = (span.credit for span in spans if Decimal(span.low) <= number <= Decimal(span.high))
    return max(fitting, default=0.0)


def span_text(span: Span) -> str:
    """Return a span as people write it: one number, or two with a dash between."""
    return span.low if Decimal(span.low) == Decimal(span.high) else f"{span.low} – {span.high}"


def best(credited: Sequence[Accepted] | Sequence[Span]) -> list[Any]:
    """Return the answers that give the most credit, in their order."""
    most = max(one.credit for one in credited)
    return [one for one in credited if one.credit == most]


def check_accepted(accepted: Sequence[Accepted]) -> None:
    """Raise ValueError unless every text says something and gives credit over 0.0 up to 1.0."""
    for one in accepted:
        if not one.text.strip():
            raise ValueError("an accepted answer is empty")
        _check_credit(one.credit)


def check_spans(spans: Sequence[Span]) -> None:
    """Raise ValueError unless every span runs from a number to one that is not smaller."""
    for span in spans:
        low, high = read_number(span.low), read_number(span.high)
        if low is None or high is None or (span.low, span.high) != plain_bounds(low, high):
            raise ValueError(f"{span.low!r} to {span.high!r} are not plain numbers")
        if low > high:
            raise ValueError(f"the span from {span.low} to {span.high} is empty")
        _check_credit(span.credit)


def plain_bounds(low: Decimal, high: Decimal) -> tuple[str, str]:
    """Return two bounds in plain digits."""
    return decimal_text(low), decimal_text(high)


def _check_credit(credit: float) -> None:
    if not 0 < credit <= 1:
        raise ValueError(f"a credit of {credit} is not over 0 and up to 1")


def accepted_payload(accepted: Iterable[Accepted]) -> list[dict[str, Any]]:
    """Return accepted texts as values that JSON can hold; full credit is left out."""
    return [
        {"text": a.text} if a.credit == 1 else {"text": a.text, "credit": a.credit}
        for a in accepted
    ]


def accepted_from(payload: Iterable[Mapping[str, Any]]) -> tuple[Accepted, ...]:
    """Build accepted texts from their payload. Raises KeyError or TypeError."""
    return tuple(Accepted(one["text"], one.get("credit", 1.0)) for one in payload)


def spans_payload(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """Return spans as values that JSON can hold; full credit is left out."""
    return [
        {"low": s.low, "high": s.high} | ({} if s.credit == 1 else {"credit": s.credit})
        for s in spans
    ]


def spans_from(payload: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    """Build spans from their payload. Raises KeyError or TypeError."""
    return tuple(Span(one["low"], one["high"], one.get("credit", 1.0)) for one in payload)
