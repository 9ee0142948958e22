"""Writing what is filled in: blanks in a text, and a number."""

import re
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.writing.elements import (
    Child,
    constant,
    element,
    figure,
    mapping_of,
    response,
    set_outcome,
    variable,
    when,
)
from question_bank.formats.qti.writing.item import (
    Incomplete,
    Writing,
    flag,
    media_of,
    notes,
    option_of,
    text_of,
)
from question_bank.items.draft import Draft, DraftBlank, Span

_MARK = re.compile("_{4,}")


def cloze(draft: Draft, writing: Writing) -> list[Element]:
    """Return the body of a text with blanks. Raises Incomplete."""
    pieces = _MARK.split(draft.stem)
    if not draft.blanks:
        raise Incomplete
    follows = len(pieces) == 1 and len(draft.blanks) == 1
    if follows:
        pieces = [draft.stem + "\n", ""]
    if len(pieces) != len(draft.blanks) + 1:
        raise Incomplete
    blanks = [_blank(one, writing) for one in draft.blanks]
    if follows:
        blanks[0].set("data-follows", "true")
    lines: list[list[Child]] = [[]]
    for place, piece in enumerate(pieces):
        first, *others = piece.split("\n")
        lines[-1].append(first)
        lines += [[one] for one in others]
        if place < len(blanks):
            lines[-1].append(blanks[place])
    shown = [element("p", *line) for line in lines]
    return [*shown, *media_of(draft, writing)]


def _blank(blank: DraftBlank, writing: Writing) -> Element:
    identifier = writing.next_response()
    if blank.options:
        return _list_blank(blank, identifier, writing)
    if blank.spans:
        _declare_spans(identifier, blank.spans, blank.weight, writing)
    elif blank.accepted:
        worths = [(one.text, one.credit) for one in blank.accepted]
        case = flag(blank.is_exact)
        best = max(blank.accepted, key=lambda one: one.credit)
        writing.declarations.append(
            response(identifier, "string", [best.text], mapping=mapping_of(worths, case=case))
        )
        writing.credit_map(identifier, blank.weight)
    else:
        raise Incomplete
    return element(
        "qti-text-entry-interaction",
        response_identifier=identifier,
        data_kind="cloze",
        data_weight=figure(blank.weight),
    )


def _list_blank(blank: DraftBlank, identifier: str, writing: Writing) -> Element:
    ids = [f"choice-{place}" for place in range(1, len(blank.options) + 1)]
    options = list(zip(ids, blank.options, strict=True))
    right = [name for name, one in options if one.is_right]
    has_weights = any(one.weight is not None for one in blank.options)
    worths = [(name, 1.0) for name in right]
    if has_weights:
        worths = [(name, one.weight) for name, one in options if one.weight is not None]
    writing.declarations.append(
        response(identifier, "identifier", right[:1], mapping=mapping_of(worths))
    )
    writing.credit_map(identifier, blank.weight)
    return element(
        "qti-inline-choice-interaction",
        *(option_of("qti-inline-choice", name, one, identifier, writing) for name, one in options),
        response_identifier=identifier,
        shuffle="true",
        data_weight=figure(blank.weight),
        data_scoring="weighted" if has_weights else "",
    )


def numeric(draft: Draft, writing: Writing) -> list[Element]:
    """Return the body of a question for a number. Raises Incomplete."""
    if not draft.spans:
        raise Incomplete
    identifier = writing.next_response()
    _declare_spans(identifier, draft.spans, 1.0, writing)
    entry = element(
        "qti-text-entry-interaction",
        response_identifier=identifier,
        data_unit=draft.unit,
        **notes(draft),
    )
    unit = [element("span", draft.unit, data_unit=draft.unit)] if draft.unit else []
    return [*text_of(draft, writing), element("p", entry, *unit)]


def _declare_spans(
    identifier: str, spans: tuple[Span, ...], weight: float, writing: Writing
) -> None:
    """Declare a number with its key, and give credit for every span."""
    best = max(spans, key=lambda span: span.credit)
    writing.declarations.append(response(identifier, "float", [best.low]))

    def within(span: Span) -> Element:
        low = element("qti-gte", variable(identifier), constant(span.low))
        high = element("qti-lte", variable(identifier), constant(span.high))
        return element("qti-and", low, high)

    def rule(name: str) -> Element:
        return when(
            *((within(span), set_outcome(name, constant(figure(span.credit)))) for span in spans)
        )

    writing.credit(rule, weight)
