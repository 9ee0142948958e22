"""Drafts of questions that are answered by choosing: choices, true or false, orderings."""

import re
from dataclasses import replace

from question_bank.formats.authored import keys
from question_bank.formats.authored.keys import KeyReading
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.stems import is_truth_pair
from question_bank.formats.authored.text import excerpt, fold, narrow
from question_bank.items.draft import Draft, DraftOption
from question_bank.items.options import LETTERS

Drafted = tuple[Draft, Raw]

_MARK_AND_MORE = re.compile(
    r"^\s*[(\[【]?\s*(正确|错误|不对|[对错√×✓✔✗✘✕✖])\s*[)\]】]?\s*[,，。.;；:：(\s（]+(\S[\s\S]+)$"
)
_OTHERS = re.compile(
    r"^(?:以上|上述|前述|前面)|(?:都|均|全)(?:正确|对|是|不对|不是|错|不正确|错误|选)\W?$|"
    r"(?<![A-Za-z])[A-H]\s?(?:和|与|、|及|\+)\s?[A-H](?![A-Za-z])|of the above|"
    r"(?:both|neither) [A-H]\b",
    re.MULTILINE | re.IGNORECASE,
)
_LETTERS = re.compile(
    r"(?<![A-Za-z])[A-H]{1,4}\s?(?:项|选项|、\s?[A-H]|正确|错误|不正确)|(?:选|答案)(?:项|为|是)?\s?:?\s?[A-H]"
    r"(?![A-Za-z])|^[A-H](?:[.、:)]|\s+(?=[\u3400-\u9fff]))",
    re.MULTILINE,
)


def draft_choice(raw: Raw) -> Drafted:
    """Return the draft of a single or multiple choice, and the question with its problems."""
    raw = _noting_gaps(raw)
    if not raw.answer.strip():
        return _without_key(raw)
    readings = keys.read_key(raw.answer, raw.labels, raw.texts, raw.hint)
    if not readings:
        return _draft(raw, _chosen_kind(raw, 1), ()), _noting_bad_key(raw)
    chosen, raw = _chosen(raw, readings)
    kind = _chosen_kind(raw, len(chosen.places))
    counted = "single" if len(chosen.places) == 1 else "multiple"
    if raw.is_exact:
        kind = raw.said
    elif raw.said not in ("", "choice", "case", counted):
        raw = raw.about_key(
            "table.key_against_kind",
            declared=raw.said,
            suggested=counted,
            key=chosen.letters(raw.labels),
        )
        kind = counted
    elif not raw.said:
        raw = raw.noting("table.kind_guessed", kind=kind)
    draft = _draft(raw, kind, chosen.places)
    if raw.keeps_order:
        return replace(draft, is_fixed=True), raw
    if not raw.is_exact and _speaks_of_others(raw):
        return replace(draft, is_fixed=True), raw.noting("table.order_kept")
    return draft, raw


def _speaks_of_others(raw: Raw) -> bool:
    """Tell whether an option or the explanation names options by place: they must not move."""
    options = narrow("\n".join(raw.texts))
    return bool(_OTHERS.search(options) or _LETTERS.search(narrow(raw.explanation)))


def _noting_gaps(raw: Raw) -> Raw:
    """Note letters that the file leaves out between two options."""
    places = [LETTERS.find(label) for label in raw.labels]
    if not places or -1 in places or places != sorted(places):
        return raw
    missing = [LETTERS[place] for place in range(places[-1]) if place not in places]
    if not missing:
        return raw
    return raw.noting("table.option_gap", raw.options_where, missing="、".join(missing))


def _without_key(raw: Raw) -> Drafted:
    """Return the draft of a choice that says no key: what stands out may be meant as one."""
    if raw.styled:
        places = tuple(raw.labels.index(letter) for letter in raw.styled)
        raw = raw.noting("table.key_by_style", found=raw.styled, style=raw.style)
        return _draft(raw, _chosen_kind(raw, len(places)), places), raw
    raw = raw.about_key("table.key_missing")
    return _draft(raw, _chosen_kind(raw, 1), ()), raw


def _noting_bad_key(raw: Raw) -> Raw:
    found = excerpt(raw.answer)
    if keys.letters(raw.answer) is not None and raw.labels:
        return raw.about_key("table.key_beyond", found=found, last=raw.labels[-1])
    return raw.about_key("table.key_unreadable", found=found)


def _chosen(raw: Raw, readings: list[KeyReading]) -> tuple[KeyReading, Raw]:
    """Return the reading of the key that counts; note when it might have been another."""
    fitting = readings
    if raw.said in ("single", "multiple"):
        fitting = [one for one in readings if (len(one.places) == 1) == (raw.said == "single")]
        fitting = fitting or readings
    chosen = fitting[0]
    if len(fitting) > 1 and chosen.way != raw.hint:
        return chosen, raw.about_key(
            "table.key_ambiguous",
            found=excerpt(raw.answer),
            first=chosen.letters(raw.labels),
            second=fitting[1].letters(raw.labels),
        )
    if chosen.way == "number":
        raw = raw.about_key(
            "table.key_as_number", found=excerpt(raw.answer), letters=chosen.letters(raw.labels)
        )
    return chosen, raw


def _chosen_kind(raw: Raw, count: int) -> str:
    if raw.said in ("single", "multiple"):
        return raw.said
    return "single" if count == 1 else "multiple"


def _draft(raw: Raw, kind: str, places: tuple[int, ...]) -> Draft:
    if kind == "single" and len(places) > 1:
        kind = "multiple"
    return Draft(
        kind=kind,
        stem=raw.stem,
        explanation=raw.explanation,
        options=tuple(DraftOption(text, place in places) for place, text in enumerate(raw.texts)),
        media=raw.media,
    )


def draft_true_false(raw: Raw) -> Drafted:
    """Return the draft of a statement that is true or false."""
    raw, is_true = _truth(raw)
    if raw.said not in ("", "true_false", "choice"):
        raw = raw.about_key(
            "table.key_against_kind",
            declared=raw.said,
            suggested="true_false",
            key=excerpt(raw.answer),
        )
    elif raw.said != "true_false" and is_true is not None:
        raw = raw.noting("table.kind_guessed", kind="true_false")
    draft = Draft(
        kind="true_false",
        stem=raw.stem,
        explanation=raw.explanation,
        is_true=is_true,
        media=raw.media,
    )
    return draft, raw


def _truth(raw: Raw) -> tuple[Raw, bool | None]:
    if not raw.answer.strip():
        return raw.about_key("table.key_missing"), None
    if raw.options and is_truth_pair(raw.texts):
        readings = keys.read_key(raw.answer, raw.labels, raw.texts, raw.hint)
        if readings and len(readings[0].places) == 1 and readings[0].way != "number":
            return raw, keys.truth(raw.texts[readings[0].places[0]])
    said = keys.truth(raw.answer)
    if said is not None:
        return raw, said
    more = _MARK_AND_MORE.match(narrow(raw.answer))
    if more:
        rest = raw.answer[more.start(2) :].strip().strip("()（）")
        raw = raw.about_key("table.answer_explained", found=excerpt(rest))
        explained = f"{rest}\n{raw.explanation}".strip()
        return replace(raw, explanation=explained), keys.truth(more[1])
    letter = keys.letters(raw.answer)
    if letter in (("A",), ("B",)):
        raw = raw.about_key("table.truth_letter", found="".join(letter))
        return raw, letter == ("A",)
    return raw.about_key("table.key_unreadable", found=excerpt(raw.answer)), None


def draft_ordering(raw: Raw) -> Drafted:
    """Return the draft of an ordering: its options in the order that the key says."""
    order = _order(raw)
    if len(raw.options) < 2:
        raw = raw.noting("table.options_missing", kind="ordering", count=len(raw.options))
    elif not raw.answer.strip():
        raw = raw.about_key("table.key_missing")
    elif order is None:
        raw = raw.about_key("table.order_unreadable", found=excerpt(raw.answer))
    texts = [raw.texts[place] for place in order] if order else list(raw.texts)
    draft = Draft(
        kind="ordering",
        stem=raw.stem,
        explanation=raw.explanation,
        options=tuple(DraftOption(text) for text in texts),
        media=raw.media,
    )
    return draft, raw


def _order(raw: Raw) -> list[int] | None:
    """Return the places of the options in the right order; None when the key names no order."""
    flat = "".join(one for one in narrow(keys.unwrapped(raw.answer)).upper() if one.isalnum())
    wanted = list(range(len(raw.options)))
    if sorted(flat) == sorted(raw.labels):
        return [raw.labels.index(letter) for letter in flat]
    if len(wanted) < 10 and sorted(flat) == [str(place + 1) for place in wanted]:
        return [int(digit) - 1 for digit in flat]
    folded = [fold(text) for text in raw.texts]
    for separator in ("\n", "；", ";", "|", "→", "->", "、", "，", ",", ">"):
        pieces = [fold(piece) for piece in raw.answer.split(separator) if piece.strip()]
        if sorted(pieces) == sorted(folded) and len(set(folded)) == len(folded):
            return [folded.index(piece) for piece in pieces]
    return None


def is_mark_and_more(answer: str) -> bool:
    """Tell whether an answer is a mark for true or false with a correction after it."""
    return bool(_MARK_AND_MORE.match(narrow(answer)))
