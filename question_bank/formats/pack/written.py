"""The fields in which the answers of an item are written down, type by type."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeAlias

from question_bank.items import (
    Blank,
    Case,
    Choice,
    Cloze,
    Essay,
    Item,
    Matching,
    Numeric,
    Option,
    Ordering,
    TrueFalse,
)
from question_bank.items.draft import Accepted, Span
from question_bank.items.options import LETTERS

Value: TypeAlias = "str | bool | int | float | date | Sequence[Value] | dict[str, Value]"


def cannot_carry(item: Item) -> str | None:
    """Say what of an item a pack cannot carry: its `kind`, its `media`; or None."""
    parts = item.parts if isinstance(item, Case) else (item,)
    if any(part.kind == "hotspot" for part in parts):
        return "kind"
    options = [option for part in parts for option in _options_of(part)]
    has_media = item.media or any(part.media for part in parts)
    return "media" if has_media or any(option.image for option in options) else None


def answers_of(item: Item, uid: str) -> dict[str, Value]:
    """Return the fields that differ from type to type; those at their default are left out.

    Raises ValueError for an item that a pack cannot carry; `uid` names it.
    """
    if lost := cannot_carry(item):
        raise ValueError(f"a pack cannot carry the {lost} of {uid}")
    match item:
        case Choice():
            return _choice(item)
        case TrueFalse():
            said: dict[str, Value] = {"feedback": list(item.feedback)} if any(item.feedback) else {}
            return {"key": item.key, **said}
        case Cloze():
            return _cloze(item)
        case Numeric():
            unit: dict[str, Value] = {"unit": item.unit} if item.unit else {}
            return {**_numbers(item), **unit}
        case Ordering():
            scoring = _unless(item.scoring, "all_or_nothing")
            return {"options": [option.text for option in item.options], **scoring}
        case Matching():
            return _matching(item)
        case Essay():
            sample: dict[str, Value] = {"sample": item.sample} if item.sample else {}
            return {"rubric": [[one.text, one.points] for one in item.rubric], **sample}
    return {}


def _options_of(item: Item) -> Iterable[Option]:
    match item:
        case Choice() | Ordering():
            return item.options
        case Cloze():
            return [option for blank in item.blanks for option in blank.options]
        case Matching():
            return (*item.lefts, *item.rights)
    return ()


def _unless(scoring: str, default: str) -> dict[str, Value]:
    return {} if scoring == default else {"scoring": scoring}


def _letters(options: Sequence[Option], key: Collection[str]) -> str:
    named = zip(LETTERS, options, strict=False)
    return "".join(letter for letter, option in named if option.id in key)


def _choice(item: Choice) -> dict[str, Value]:
    values: dict[str, Value] = {
        "options": [option.text for option in item.options],
        "key": _letters(item.options, item.key),
    }
    if item.is_fixed:
        values["fixed"] = True
    if item.scoring == "weighted":
        values["weights"] = [option.weight or 0 for option in item.options]
    else:
        values |= _unless(item.scoring, "all_or_nothing")
    if any(option.feedback for option in item.options):
        values["feedback"] = [option.feedback for option in item.options]
    return values


def _cloze(item: Cloze) -> dict[str, Value]:
    is_exact = all(blank.is_exact for blank in item.blanks)
    values: dict[str, Value] = {"answers": [_blank(blank, is_exact) for blank in item.blanks]}
    if is_exact:
        values["exact"] = True
    return values


def _blank(blank: Blank, is_exact: bool) -> Value:
    """Return a blank as a list of texts when that says it all, else as a table."""
    accepted: list[Value] = [_credited(one) for one in blank.accepted]
    if accepted and blank.weight == 1 and blank.is_exact == is_exact:
        return accepted
    values: dict[str, Value] = {}
    if accepted:
        values["accepted"] = accepted
    if blank.spans:
        values["spans"] = _spans(blank.spans)
    if blank.options:
        values["options"] = [option.text for option in blank.options]
        values["key"] = _letters(blank.options, blank.key)
        if any(option.weight is not None for option in blank.options):
            values["weights"] = [option.weight or 0 for option in blank.options]
        if any(option.feedback for option in blank.options):
            values["feedback"] = [option.feedback for option in blank.options]
    if blank.weight != 1:
        values["weight"] = blank.weight
    if blank.is_exact != is_exact:
        values["exact"] = blank.is_exact
    return values


def _credited(one: Accepted) -> Value:
    return one.text if one.credit == 1 else [one.text, one.credit]


def _spans(spans: Iterable[Span]) -> list[Value]:
    return [
        [span.low, span.high] if span.credit == 1 else [span.low, span.high, span.credit]
        for span in spans
    ]


def _numbers(item: Numeric) -> dict[str, Value]:
    """Return one number as `answer`, anything else as `spans`."""
    span = item.spans[0]
    if len(item.spans) == 1 and span.low == span.high and span.credit == 1:
        return {"answer": span.low}
    return {"spans": _spans(item.spans)}


def _matching(item: Matching) -> dict[str, Value]:
    fitting = set(item.key)
    extras = [right.text for right in item.rights if right.id not in fitting]
    return {
        "pairs": [[left.text, right.text] for left, right in item.pairs],
        **({"extras": extras} if extras else {}),
        **_unless(item.scoring, "partial"),
    }
