"""Filling in: `textEntryInteraction`, `inlineChoiceInteraction`, gaps of `gapMatchInteraction`."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.asked import Asked, Refusal, feedback_inside
from question_bank.formats.qti.choices import choice_credit
from question_bank.formats.qti.credit import ChoiceCredit, Open, Score, accepted, spans
from question_bank.formats.qti.declarations import ResponseDeclaration
from question_bank.formats.qti.expressions import tolerated
from question_bank.formats.qti.tree import child, children, find_all, text_in
from question_bank.formats.qti.values import as_number, decimal_text, number
from question_bank.items.draft import Accepted, DraftBlank, DraftOption, Span

_NUMERIC = ("integer", "float")


def blank_of(element: Element, asked: Asked) -> DraftBlank:
    """Return the blank that an inline interaction is. Raises Refusal."""
    declaration = asked.declaration(element)
    if element.tag == "inlineChoiceInteraction":
        return _list_blank(element, asked, declaration)
    if declaration.base_type in _NUMERIC:
        return _number_blank(element, asked, declaration)
    return _text_blank(element, asked, declaration)


def _list_blank(element: Element, asked: Asked, declaration: ResponseDeclaration) -> DraftBlank:
    elements = [one for one in children(element, "inlineChoice") if one.get("identifier")]
    ids = [one.get("identifier", "") for one in elements]
    if not ids:
        raise Refusal("qti.no_options")
    if asked.is_own and not asked.note(element, "scoring") and declaration.mapping is not None:
        credit = ChoiceCredit(frozenset(one.key for one in declaration.mapping.entries))
    else:
        credit = choice_credit(element, asked, declaration, ids, is_single=True)
    options = []
    for one, name in zip(elements, ids, strict=True):
        text, image = asked.content.option(one)
        weight, said = credit.weights.get(name), feedback_inside(one, asked.content)
        options.append(DraftOption(text, name in credit.right, weight, said, image))
    weight_of_all = _weight(element, asked, _list_worth(asked, declaration))
    return DraftBlank(options=tuple(options), weight=weight_of_all)


def _list_worth(asked: Asked, declaration: ResponseDeclaration) -> Decimal:
    """Return what the key of a list is worth."""
    key = list(declaration.key_texts)
    return asked.tried(declaration, lambda score: score(key) - score([]))


def gap_blank(gap: Element, interaction: Element, asked: Asked) -> DraftBlank:
    """Return a gap of a passage, to be filled from the list that all its gaps share."""
    declaration = asked.declaration(interaction)
    choices = {
        one.get("identifier", ""): _gap_text(one, asked)
        for one in find_all(interaction, "gapText", "gapImg")
    }
    mapping = declaration.mapping
    rewarded = [one.key for one in mapping.entries if one.worth > 0] if mapping else []
    pairs = [text.split() for text in declaration.key_texts or rewarded]
    right = {pair[0] for pair in pairs if pair[1:] == [gap.get("identifier", "")]}
    options = [DraftOption(text, one in right) for one, text in choices.items()]
    return DraftBlank(options=tuple(options))


def _gap_text(element: Element, asked: Asked) -> str:
    text, image = asked.content.option(element)
    if not text and (image or element.tag == "gapImg"):
        raise Refusal("qti.picture_in_pair", name=image or element.get("identifier", ""))
    return text


def _text_blank(element: Element, asked: Asked, declaration: ResponseDeclaration) -> DraftBlank:
    if asked.is_own and declaration.mapping is not None:
        entries = declaration.mapping.entries
        return DraftBlank(
            accepted=tuple(Accepted(one.key, float(one.worth)) for one in entries),
            weight=_weight(element, asked, Decimal(1)),
            is_exact=any(one.is_exact for one in entries),
        )
    found, best = asked.tried(
        declaration, lambda score: accepted(_candidates(asked, declaration), score)
    )
    if not found:
        found = tuple(Accepted(text) for text in declaration.key_texts)
    is_exact = _is_exact(asked, declaration, found)
    return DraftBlank(accepted=found, weight=_weight(element, asked, best), is_exact=is_exact)


def _candidates(asked: Asked, declaration: ResponseDeclaration) -> Iterator[str]:
    """Yield the texts that the item speaks of: its key, its mapping, its rules."""
    yield from declaration.key_texts
    if declaration.mapping is not None:
        yield from (entry.key for entry in declaration.mapping.entries)
    for one in find_all(asked.judge.processing, "baseValue"):
        if one.get("baseType") == "string":
            yield "".join(one.itertext())


def _is_exact(asked: Asked, declaration: ResponseDeclaration, found: tuple[Accepted, ...]) -> bool:
    """Tell whether case counts: the file says so, or two spellings are worth different credit."""
    entries = declaration.mapping.entries if declaration.mapping is not None else ()
    said = [one.is_exact for one in entries if one.worth > 0]
    if said and all(said):
        return True
    if any(one.get("caseSensitive") == "true" for one in _string_matches(asked, declaration)):
        return True
    credits: dict[str, set[float]] = {}
    for one in found:
        credits.setdefault(one.text.casefold(), set()).add(one.credit)
    return any(len(several) > 1 for several in credits.values())


def _string_matches(asked: Asked, declaration: ResponseDeclaration) -> Iterator[Element]:
    for one in find_all(asked.judge.processing, "stringMatch"):
        names = {variable.get("identifier") for variable in children(one, "variable")}
        if declaration.identifier in names:
            yield one


def _number_blank(element: Element, asked: Asked, declaration: ResponseDeclaration) -> DraftBlank:
    if asked.is_own:
        own = tuple(_own_spans(asked, declaration.identifier))
        return DraftBlank(spans=own, weight=_weight(element, asked, Decimal(1)))
    found, best = asked.tried(declaration, lambda score: _spans(asked, declaration, score))
    return DraftBlank(spans=found, weight=_weight(element, asked, best))


def _own_spans(asked: Asked, identifier: str) -> Iterator[Span]:
    """Yield the spans that this house wrote down: one test and one credit each."""
    for branch in find_all(asked.judge.processing, "responseIf", "responseElseIf"):
        low, high = (next(find_all(branch, name), None) for name in ("gte", "lte"))
        credit = child(child(branch, "setOutcomeValue"), "baseValue")
        names = [one.get("identifier") for one in children(low, "variable")]
        if names == [identifier] and high is not None and credit is not None:
            low_text, high_text = (text_in(child(one, "baseValue")) for one in (low, high))
            yield Span(low_text, high_text, float(number(text_in(credit)) or 0))


def _spans(
    asked: Asked, declaration: ResponseDeclaration, score: Score
) -> tuple[tuple[Span, ...], Decimal]:
    """Return the spans that are accepted; the key alone where the rules have no end."""
    try:
        found, best = spans(_thresholds(asked, declaration), score)
    except Open:
        asked.content.report("qti.open_range")
        found, best = (), Decimal(1)
    if not found:
        numbers = [value for text in declaration.key_texts if (value := number(text)) is not None]
        found = tuple(Span(decimal_text(one), decimal_text(one)) for one in numbers)
    return found, best


def _thresholds(asked: Asked, declaration: ResponseDeclaration) -> Iterator[Decimal]:
    """Yield every number at which the worth of an answer may change."""
    keys = [value for text in declaration.key_texts if (value := number(text)) is not None]
    yield from keys
    if declaration.mapping is not None:
        for entry in declaration.mapping.entries:
            if isinstance(entry.value, Decimal):
                yield entry.value
    processing = asked.judge.processing
    own = [value for one in find_all(processing, "baseValue")
           if (value := number("".join(one.itertext()))) is not None]  # fmt: skip
    yield from own
    for one in find_all(processing, "equal"):
        for centre in (*keys, *own):
            yield from tolerated(one, centre)
    for one in find_all(processing, "equalRounded"):
        figures = as_number(one.get("figures") or "0")
        if figures is not None and 0 <= figures <= 20:
            half = Decimal(5).scaleb(-int(figures) - 1)
            for centre in (*keys, *own):
                yield from (centre - half, centre + half)


def _weight(element: Element, asked: Asked, best: Decimal) -> float:
    """Return what a blank weighs; how the blanks of other makers compare is settled later."""
    noted = number(asked.note(element, "weight"))
    weight = best if noted is None else noted
    return float(weight) if weight > 0 else 1.0


def evened(blanks: list[DraftBlank], asked: Asked) -> list[DraftBlank]:
    """Return blanks that count the same with the weight 1."""
    if asked.is_own or len({blank.weight for blank in blanks}) > 1:
        return blanks
    return [replace(blank, weight=1.0) for blank in blanks]


def prompt_of(element: Element, asked: Asked) -> str:
    """Return the prompt that some makers put into a blank."""
    return asked.content.of(child(element, "prompt"))
