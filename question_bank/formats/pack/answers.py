"""From the fields of an item, or of a part of a case, to the draft that it is built from."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Any

from question_bank.formats.pack.fields import Report, is_number, is_text
from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
)
from question_bank.items.options import LETTERS
from question_bank.text import decimal_text, read_number

MIN_OPTIONS = 2
MAX_OPTIONS = 10
_NUMBER_LIMIT = 64
_TEXT_LIMIT = 500
_BLANK_FIELDS = (
    "accepted", "spans", "options", "key", "weights", "feedback", "weight", "exact",
)  # fmt: skip

Values = Mapping[str, Any]


def draft_from(values: Values, report: Report, prefix: str = "") -> Draft | None:
    """Return the draft of an item whose fields were checked; report what does not fit together.

    None when the type is missing. `prefix` is put before the names of fields. Parts of a case are
    not read here.
    """
    if "type" not in values:
        return None
    kind: str = values["type"]
    common: dict[str, Any] = {
        "kind": kind,
        "stem": values.get("stem", ""),
        "explanation": values.get("explanation", ""),
        "scoring": values.get("scoring", ""),
    }
    return Draft(**common, **_READERS[kind](values, report, prefix))


def _choice(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    options = values.get("options", ())
    if "options" in values and is_sound_list(options, report, prefix + "options"):
        _check_key(values, LETTERS[: len(options)], report)
    count = len(options)
    feedback = _of_length(values, "feedback", count, report, prefix) or [""] * count
    weights = _of_length(values, "weights", count, report, prefix) or [None] * count
    key = values.get("key", "")
    return {
        "options": tuple(
            DraftOption(text, letter in key, weight, said)
            for letter, text, weight, said in zip(LETTERS, options, weights, feedback, strict=False)
        ),
        "is_fixed": values.get("fixed", False),
    }


def is_sound_list(options: Sequence[str], report: Report, name: str) -> bool:
    """Tell whether options are of a number that can be shown; report those that are alike."""
    if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        report.add("item.option_count", count=len(options), least=MIN_OPTIONS, most=MAX_OPTIONS)
        return False
    for (a, first), (b, second) in combinations(zip(LETTERS, options, strict=False), 2):
        if _folded(first) == _folded(second):
            report.add("item.duplicate_option", first=a, second=b)
    return True


def _folded(text: str) -> str:
    """Return an option as the eye compares it: width and spaces do not make a difference."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _check_key(values: Values, letters: str, report: Report) -> None:
    if "key" not in values:
        return
    key = values["key"]
    check_letters(key, letters, report)
    if values["type"] == "multiple":
        least, most = 2, len(letters)
    else:
        least, most = 1, len(letters) if "weights" in values else 1
    if not least <= len(set(key)) <= most:
        report.add("item.key_count", count=len(set(key)), least=least, most=most)


def check_letters(key: str, letters: str, report: Report) -> None:
    """Report the letters of a key that name no option, or one that was named before."""
    for letter in dict.fromkeys(key):
        if letter not in letters:
            report.add("item.key_letter", letter=letter, last=letters[-1])
        elif key.count(letter) > 1:
            report.add("item.key_repeated", letter=letter)


def _true_false(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    feedback = _of_length(values, "feedback", 2, report, prefix)
    said = tuple(DraftOption("", feedback=text) for text in feedback)
    return {"is_true": values.get("key"), "options": said}


def _cloze(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    is_exact = values.get("exact", False)
    blanks = [
        _blank(one, is_exact, report, f"{prefix}answers[{number}]")
        for number, one in enumerate(values.get("answers", ()), start=1)
    ]
    return {"blanks": tuple(blank for blank in blanks if blank)}


def _blank(given: Any, is_exact: bool, report: Report, name: str) -> DraftBlank | None:
    """Return a blank: a list of accepted texts, or a table that says more."""
    if isinstance(given, list):
        return DraftBlank(tuple(_accepted(given, report, name)), is_exact=is_exact)
    if not isinstance(given, dict):
        report.add("field.type", field=name, expected="list", found="value")
        return None
    name += "."
    for field in given:
        if field not in _BLANK_FIELDS:
            report.add("field.unknown", field=f"{name}{field[:60]}")
    weight = given.get("weight", 1)
    exact = given.get("exact", is_exact)
    if not isinstance(exact, bool):
        report.add("field.type", field=f"{name}exact", expected="true or false", found="value")
    if not is_number(weight, report, f"{name}weight"):
        return None
    return DraftBlank(
        tuple(_accepted(_list(given, "accepted", report, name), report, f"{name}accepted")),
        tuple(_spans(_list(given, "spans", report, name), report, f"{name}spans")),
        _blank_options(given, report, name),
        float(weight),
        bool(exact),
    )


def _list(table: Values, field: str, report: Report, name: str) -> list[Any]:
    given = table.get(field, [])
    if isinstance(given, list):
        return given
    report.add("field.type", field=f"{name}{field}", expected="list", found="value")
    return []


def _blank_options(given: Values, report: Report, name: str) -> tuple[DraftOption, ...]:
    texts = _list(given, "options", report, name)
    key = given.get("key", "")
    if not texts:
        return ()
    whole = [is_text(t, _TEXT_LIMIT, report, f"{name}options[{n}]") for n, t in enumerate(texts, 1)]
    if not all(whole) or not is_text(key, len(LETTERS), report, f"{name}key"):
        return ()
    if is_sound_list(texts, report, f"{name}options"):
        check_letters(key, LETTERS[: len(texts)], report)
    weights = _of_length(given, "weights", len(texts), report, name) or [None] * len(texts)
    said = _of_length(given, "feedback", len(texts), report, name) or [""] * len(texts)
    sound = [w is None or is_number(w, report, f"{name}weights") for w in weights]
    sound += [not text or is_text(text, _TEXT_LIMIT, report, f"{name}feedback") for text in said]
    if not all(sound):
        return ()
    return tuple(
        DraftOption(text, letter in key, weight, feedback)
        for letter, text, weight, feedback in zip(LETTERS, texts, weights, said, strict=False)
    )


def _of_length(given: Values, field: str, count: int, report: Report, name: str) -> list[Any]:
    """Return a list that has one entry for each option, empty when it is not there or not so."""
    found = _list(given, field, report, name)
    if found and len(found) != count:
        report.add("item.beside_options", field=f"{name}{field}", found=len(found), count=count)
        return []
    return found


def _accepted(given: Sequence[Any], report: Report, name: str) -> Iterator[Accepted]:
    """Yield accepted texts: each a text, or a list of a text and the credit it gives."""
    for number, one in enumerate(given, start=1):
        place = f"{name}[{number}]"
        text, credit = one if isinstance(one, list) and len(one) == 2 else (one, 1)
        if is_text(text, _TEXT_LIMIT, report, place) and is_number(credit, report, place):
            yield Accepted(text, float(credit))


def _spans(given: Sequence[Any], report: Report, name: str) -> Iterator[Span]:
    """Yield spans: each a list of two bounds, and the credit it gives if that is not all."""
    for number, one in enumerate(given, start=1):
        place = f"{name}[{number}]"
        if not isinstance(one, list) or len(one) not in (2, 3):
            report.add("field.type", field=place, expected="list", found="value")
            continue
        low, high, credit = (*one, 1)[:3]
        bounds = [is_text(bound, _NUMBER_LIMIT, report, place) for bound in (low, high)]
        if all(bounds) and is_number(credit, report, place):
            yield Span(low, high, float(credit))


def _numeric(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    """Read `answer` with its `tolerance`, or `spans`."""
    spans = tuple(_spans(values.get("spans", ()), report, prefix + "spans"))
    if "spans" in values and ("answer" in values or "tolerance" in values):
        report.add("item.answer_twice")
    if "spans" not in values:
        if "answer" in values:
            spans = tuple(_tolerated(values, report, prefix))
        else:
            report.add("field.missing", field=prefix + "answer")
    return {"spans": spans, "unit": values.get("unit", "")}


def _tolerated(values: Values, report: Report, prefix: str) -> Iterator[Span]:
    texts = {"answer": values["answer"], "tolerance": values.get("tolerance", "0")}
    numbers = {name: read_number(text) for name, text in texts.items()}
    for name, number in numbers.items():
        if number is None:
            report.add("build.number", found=texts[name], field=prefix + name)
    answer, tolerance = numbers["answer"], numbers["tolerance"]
    if answer is not None and tolerance is not None:
        yield Span(decimal_text(answer - abs(tolerance)), decimal_text(answer + abs(tolerance)))


def _ordering(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    options = values.get("options", ())
    if "options" in values:
        is_sound_list(options, report, prefix + "options")
    return {"options": tuple(map(DraftOption, options))}


def _matching(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    pairs: list[tuple[str, str]] = []
    for number, one in enumerate(values.get("pairs", ()), start=1):
        name = f"{prefix}pairs[{number}]"
        if not isinstance(one, list) or len(one) != 2:
            report.add("field.type", field=name, expected="list", found="value")
            continue
        left, right = one
        if is_text(left, _TEXT_LIMIT, report, name) and is_text(right, _TEXT_LIMIT, report, name):
            pairs.append((left, right))
    return {"pairs": tuple(pairs), "extras": tuple(values.get("extras", ()))}


def _essay(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    rubric: list[Criterion] = []
    for number, one in enumerate(values.get("rubric", ()), start=1):
        name = f"{prefix}rubric[{number}]"
        if not isinstance(one, list) or len(one) != 2:
            report.add("field.type", field=name, expected="list", found="value")
        elif is_text(one[0], _TEXT_LIMIT, report, name) and is_number(one[1], report, name):
            rubric.append(Criterion(one[0], float(one[1])))
    return {"rubric": tuple(rubric), "sample": values.get("sample", "")}


def _case(values: Values, report: Report, prefix: str) -> dict[str, Any]:
    return {}


_READERS: Mapping[str, Callable[[Values, Report, str], dict[str, Any]]] = MappingProxyType(
    {
        "single": _choice,
        "multiple": _choice,
        "true_false": _true_false,
        "cloze": _cloze,
        "numeric": _numeric,
        "ordering": _ordering,
        "matching": _matching,
        "case": _case,
        "essay": _essay,
    }
)
