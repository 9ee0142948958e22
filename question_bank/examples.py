"""Responses made up for an item: one that is right and one that is not, the same every time.

The demo's history, benchmarks and tests answer items of any kind with them.
"""

from decimal import Decimal

from question_bank.items import (
    Blank,
    Case,
    Choice,
    Cloze,
    Essay,
    Item,
    Matching,
    Numeric,
    Ordering,
)
from question_bank.items.answers import best
from question_bank.items.draft import Span
from question_bank.text import decimal_text

_NOTHING_SAID = "—"


def right_values(item: Item) -> list[str]:
    """Return the values of a response that earns the most, as `read_response` takes them.

    For an essay they are the sample, or a dash: only a person can say what is right.
    """
    match item:
        case Cloze():
            return [_right_fill(blank) for blank in item.blanks]
        case Numeric():
            return [best(item.spans)[0].low]
        case Ordering():
            return [f"{entry}={place}" for place, entry in enumerate(item.order, start=1)]
        case Matching():
            return [f"{left.id}={right}" for left, right in zip(item.lefts, item.key, strict=True)]
        case Essay():
            return [item.sample or _NOTHING_SAID]
        case Case():
            return [
                f"{number}/{value}"
                for number, part in enumerate(item.parts, start=1)
                for value in right_values(part)
            ]
        case Choice() if item.kind == "single":
            weights = {option.id: option.weight or 0 for option in item.options}
            return [max(sorted(item.key), key=weights.__getitem__)]
        case _:
            return sorted(item.key_ids)


def wrong_values(item: Item, place: int = 0) -> list[str] | None:
    """Return the values of a response that is not fully right, or None where there is none.

    Where several options are wrong, `place` says which one is chosen; it counts round and round.
    """
    match item:
        case Cloze():
            return [_wrong_fill(blank) for blank in item.blanks]
        case Numeric():
            return [_beyond(item.spans)]
        case Ordering():
            turned = reversed(item.order)
            return [f"{entry}={place}" for place, entry in enumerate(turned, start=1)]
        case Matching():
            return _wrong_pairs(item)
        case Essay():
            return None
        case Case():
            return _wrong_parts(item)
        case _:
            wrong = sorted(item.option_ids - item.key_ids)
            return [wrong[place % len(wrong)]] if wrong else None


def _right_fill(blank: Blank) -> str:
    if blank.options:
        return max(sorted(blank.key), key=blank.credit_of)
    return str(best(blank.spans)[0].low if blank.spans else best(blank.accepted)[0].text)


def _wrong_fill(blank: Blank) -> str:
    """Return what is wrong in a blank: a number beyond all spans, a dash, or a wrong option."""
    if blank.options:
        wrong = sorted(option.id for option in blank.options if option.id not in blank.key)
        return wrong[0] if wrong else _right_fill(blank)
    return _beyond(blank.spans) if blank.spans else _NOTHING_SAID


def _beyond(spans: tuple[Span, ...]) -> str:
    return decimal_text(max(Decimal(span.high) for span in spans) + 1)


def _wrong_pairs(item: Matching) -> list[str] | None:
    """Give the first left side a right side that is not its own."""
    first, *others = right_values(item)
    left, _sign, fitting = first.partition("=")
    wrong = next((right.id for right in item.rights if right.id != fitting), None)
    return [f"{left}={wrong}", *others] if wrong else None


def _wrong_parts(item: Case) -> list[str] | None:
    """Answer the first part that can be answered wrongly so, and leave the others out."""
    for number, part in enumerate(item.parts, start=1):
        if values := wrong_values(part):
            return [f"{number}/{value}" for value in values]
    return None
