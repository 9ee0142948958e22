"""A draft as five plain fields, for correcting it in place; and back.

Options are one a line. The answer is letters for choices, one line a blank (with | between texts
that are all accepted), a number with ± for its tolerance, or ``left = right`` lines for matching.
Kinds that do not fit (cases, essays, hotspots, blanks with options) keep all but stem and
explanation, and are edited on their own page after the import.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from question_bank.formats.authored.keys import truth
from question_bank.items.draft import Accepted, Draft, DraftBlank, DraftOption, Span

CHOICES = ("single", "multiple")
TRUE, FALSE = "√", "×"
CORRECTABLE = (*CHOICES, "true_false", "cloze", "numeric", "ordering", "matching")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Fields:
    """The texts of the form."""

    kind: str
    stem: str
    options: str
    answer: str
    explanation: str


def fields_of(draft: Draft) -> Fields:
    """Return a draft as the texts of the form."""
    options = [option.text for option in draft.options]
    if draft.kind == "matching":
        options = list(draft.extras)
    return Fields(draft.kind, draft.stem, "\n".join(options), _answer(draft), draft.explanation)


def _answer(draft: Draft) -> str:
    if draft.kind in CHOICES:
        return "".join(
            letter
            for letter, option in zip(_LETTERS, draft.options, strict=False)
            if option.is_right
        )
    if draft.kind == "true_false":
        return "" if draft.is_true is None else TRUE if draft.is_true else FALSE
    if draft.kind == "cloze":
        return "\n".join("|".join(one.text for one in blank.accepted) for blank in draft.blanks)
    if draft.kind == "numeric":
        return "\n".join(_number(span) for span in draft.spans)
    return "\n".join(f"{left} = {right}" for left, right in draft.pairs)


def _number(span: Span) -> str:
    return span.low if span.low == span.high else f"{span.low}..{span.high}"


def is_correctable(draft: Draft) -> bool:
    """Tell whether the answer of a draft fits the form."""
    if draft.kind == "cloze":
        return all(not blank.options and not blank.spans for blank in draft.blanks)
    return draft.kind in CORRECTABLE or not draft.kind


def corrected(draft: Draft, given: Fields) -> Draft:
    """Return ``draft`` with what the form says; what the form cannot show stays as it is."""
    changed = replace(draft, stem=given.stem.strip(), explanation=given.explanation.strip())
    kind = given.kind if given.kind in CORRECTABLE else draft.kind
    if kind == draft.kind and not is_correctable(draft):
        return changed
    texts = [line.strip() for line in given.options.splitlines() if line.strip()]
    answers = [line.strip() for line in given.answer.splitlines() if line.strip()]
    changed = replace(changed, kind=kind, scoring=draft.scoring if kind == draft.kind else "")
    if kind in CHOICES:
        return replace(changed, options=_options(draft, texts, given.answer))
    if kind == "true_false":
        return replace(changed, options=(), is_true=truth(given.answer))
    if kind == "ordering":
        return replace(changed, options=tuple(DraftOption(text) for text in texts))
    if kind == "cloze":
        return replace(changed, options=(), blanks=tuple(_blank(line) for line in answers))
    if kind == "numeric":
        return replace(changed, options=(), spans=tuple(_span(line) for line in answers))
    return replace(changed, options=(), pairs=_pairs(answers), extras=tuple(texts))


def _options(draft: Draft, texts: list[str], answer: str) -> tuple[DraftOption, ...]:
    """Return the options with their key; one whose text stays keeps its picture and its hint."""
    known = {option.text: option for option in draft.options}
    right = {letter for letter in _half_width(answer).upper() if letter in _LETTERS}
    return tuple(
        replace(known.get(text, DraftOption(text)), text=text, is_right=letter in right)
        for letter, text in zip(_LETTERS, texts, strict=False)
    )


def _half_width(text: str) -> str:
    return "".join(chr(ord(one) - 0xFEE0) if 0xFF01 <= ord(one) <= 0xFF5E else one for one in text)


def _blank(line: str) -> DraftBlank:
    texts = [text.strip() for text in _half_width(line).split("|")] if "|" in line else [line]
    return DraftBlank(accepted=tuple(Accepted(text) for text in texts if text))


def _span(line: str) -> Span:
    """Read ``8``, ``7.5..8.5`` or ``8±0.5``; what is no number is left for building to refuse."""
    said = _half_width(line).replace(" ", "")
    if "±" in said:
        middle, _sign, width = said.partition("±")
        try:
            return Span(
                str(Decimal(middle) - Decimal(width)), str(Decimal(middle) + Decimal(width))
            )
        except InvalidOperation:
            return Span(said, said)
    low, dots, high = said.partition("..")
    return Span(low, high if dots else low)


def _pairs(lines: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for line in lines:
        left, sign, right = line.partition("=") if "=" in line else line.partition("＝")
        if sign:
            found.append((left.strip(), right.strip()))
    return tuple(found)
