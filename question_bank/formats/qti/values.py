"""Values of QTI: what an answer, a key and an outcome can be, and how they are compared."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Scalar = str | Decimal | bool | tuple[str, str]

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?")
_MAX_EXPONENT = 60


@dataclass(frozen=True, slots=True)
class Many:
    """Several values: in order, or as a bag in which order does not count."""

    items: tuple[Scalar, ...]
    is_ordered: bool = False


Value = Scalar | Many | None


def number(text: str | None) -> Decimal | None:
    """Return a decimal number, or None for what is none or is beyond all reason."""
    text = (text or "").strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if -_MAX_EXPONENT <= found.adjusted() <= _MAX_EXPONENT else None


def decimal_text(value: Decimal) -> str:
    """Return a number as people write it: `42`, `0.5`, `-3`, never `4.2E+1`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def scalar(text: str, base_type: str) -> Scalar | None:
    """Read one value as its base type; None when it is none of that type."""
    text = text.strip() if base_type != "string" else text
    if base_type in ("integer", "float", "duration"):
        return number(text)
    if base_type == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())
    if base_type in ("pair", "directedPair"):
        return _pair(text, is_directed=base_type == "directedPair")
    return text


def _pair(text: str, *, is_directed: bool) -> tuple[str, str] | None:
    ends = text.split()
    if len(ends) != 2:
        return None
    first, second = ends if is_directed else sorted(ends)
    return first, second


def gathered(items: list[Scalar], cardinality: str) -> Value:
    """Return the values as one, as the cardinality says; None when there is none."""
    if not items:
        return None
    if cardinality in ("multiple", "ordered"):
        return Many(tuple(items), cardinality == "ordered")
    return items[0]


def items_of(value: Value) -> tuple[Scalar, ...]:
    """Return the single values in a value."""
    if value is None:
        return ()
    return value.items if isinstance(value, Many) else (value,)


def is_same(left: Value, right: Value) -> bool:
    """Tell whether two values match; nothing matches nothing else."""
    if left is None or right is None:
        return False
    if isinstance(left, Many) and isinstance(right, Many):
        if left.is_ordered or right.is_ordered:
            return left.items == right.items
        return Counter(left.items) == Counter(right.items)
    return items_of(left) == items_of(right)


def as_number(value: Value) -> Decimal | None:
    """Return a value as a number where it is one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    return number(value) if isinstance(value, str) else None
