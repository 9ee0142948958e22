"""Writing what is asked: each kind of draft as interactions of QTI 3."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.writing.arranging import hotspot, matching, ordering
from question_bank.formats.qti.writing.elements import element, figure, mapping_of, response
from question_bank.formats.qti.writing.filling import cloze, numeric
from question_bank.formats.qti.writing.item import (
    Incomplete,
    Writing,
    explanation,
    flag,
    lines,
    notes,
    option_of,
    text_of,
)
from question_bank.items.draft import Draft, DraftOption

TRUE_AND_FALSE = (("true", "√"), ("false", "×"))


def asked(draft: Draft, writing: Writing) -> list[Element]:
    """Return the body of a draft: its text, its media, what is asked. Raises Incomplete."""
    return _KINDS[draft.kind](draft, writing)


def _choice(draft: Draft, writing: Writing) -> list[Element]:
    ids = [f"choice-{place}" for place in range(1, len(draft.options) + 1)]
    return _listed(draft, writing, list(zip(ids, draft.options, strict=True)))


def _true_false(draft: Draft, writing: Writing) -> list[Element]:
    if draft.is_true is None:
        raise Incomplete
    said = (*draft.options, DraftOption(""), DraftOption(""))[:2]
    options = [
        (name, DraftOption(text, (name == "true") == draft.is_true, feedback=one.feedback))
        for (name, text), one in zip(TRUE_AND_FALSE, said, strict=True)
    ]
    return _listed(draft, writing, options)


def _listed(
    draft: Draft, writing: Writing, options: list[tuple[str, DraftOption]]
) -> list[Element]:
    if len(options) < 2:
        raise Incomplete
    identifier = writing.next_response()
    right = [name for name, one in options if one.is_right]
    is_multiple = draft.kind == "multiple" or len(right) > 1
    mapping = _choice_mapping(draft, options, right)
    writing.declarations.append(
        response(
            identifier,
            "identifier",
            right,
            cardinality="multiple" if is_multiple else "single",
            mapping=mapping,
        )
    )
    (writing.credit_key if mapping is None else writing.credit_map)(identifier)
    interaction = element(
        "qti-choice-interaction",
        response_identifier=identifier,
        shuffle=flag(not draft.is_fixed and draft.kind != "true_false"),
        max_choices="0" if draft.kind == "multiple" else "1",
        **notes(draft),
    )
    for name, one in options:
        interaction.append(option_of("qti-simple-choice", name, one, identifier, writing))
    return [*text_of(draft, writing), interaction]


def _choice_mapping(
    draft: Draft, options: list[tuple[str, DraftOption]], right: list[str]
) -> Element | None:
    """Return the credit of each option, where a choice is not simply right or wrong."""
    if any(one.weight is not None for _, one in options):
        worths = [(name, one.weight) for name, one in options if one.weight is not None]
        return mapping_of(worths)
    if draft.scoring in ("partial", "corrected") and right:
        share = 1 / len(right)
        wrong = share if draft.scoring == "partial" else 1 / max(1, len(options) - len(right))
        return mapping_of(
            ((name, share if one.is_right else -wrong) for name, one in options), floor=True
        )
    return None


def _essay(draft: Draft, writing: Writing) -> list[Element]:
    identifier = writing.next_response()
    writing.is_scored_by_hand = True
    sample = [draft.sample] if draft.sample else []
    writing.declarations.append(response(identifier, "string", sample))
    interaction = element(
        "qti-extended-text-interaction", response_identifier=identifier, **notes(draft)
    )
    body = [*text_of(draft, writing), interaction]
    if draft.rubric:
        criteria = (
            element("li", *lines(one.text), data_points=figure(one.points)) for one in draft.rubric
        )
        listed = element("qti-content-body", element("ul", *criteria))
        body.append(element("qti-rubric-block", listed, use="scoring", view="scorer"))
    return body


def _case(draft: Draft, writing: Writing) -> list[Element]:
    if not draft.parts or any(part.kind == "case" for part in draft.parts):
        raise Incomplete
    body = text_of(draft, writing)
    for place, part in enumerate(draft.parts, start=1):
        inside = asked(part, writing)
        if part.explanation:
            inside.append(explanation("qti-feedback-block", part.explanation))
        body.append(element("div", *inside, data_part=str(place)))
    return body


_KINDS: Mapping[str, Callable[[Draft, Writing], list[Element]]] = MappingProxyType(
    {
        "single": _choice,
        "multiple": _choice,
        "true_false": _true_false,
        "cloze": cloze,
        "numeric": numeric,
        "ordering": ordering,
        "matching": matching,
        "essay": _essay,
        "hotspot": hotspot,
        "case": _case,
    }
)
KINDS = frozenset(_KINDS)
