"""Building blocks of XML: elements, paragraphs, declarations, expressions."""

import re
from collections.abc import Iterable
from decimal import Decimal
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.values import decimal_text

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Child = Element | str


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """Return an element. Underscores in the names of attributes stand for hyphens."""
    found = Element(tag, {name.replace("_", "-"): clean(one) for name, one in attributes.items()})
    for one in children:
        if isinstance(one, Element):
            found.append(one)
        elif len(found):
            found[-1].tail = (found[-1].tail or "") + clean(one)
        else:
            found.text = (found.text or "") + clean(one)
    return found


def clean(text: str) -> str:
    """Return text without characters that XML does not allow."""
    return _ILLEGAL.sub("", text)


def paragraphs(text: str) -> list[Element]:
    """Return a paragraph for each line of a text."""
    return [element("p", line) for line in text.split("\n")] if text else []


def figure(value: float) -> str:
    """Return a number as XML has it, without an exponent, so that it is read as the same float."""
    return decimal_text(Decimal(repr(float(value))))


def response(
    identifier: str,
    base_type: str,
    key: Iterable[str],
    *,
    cardinality: str = "single",
    mapping: Element | None = None,
) -> Element:
    """Return the declaration of a response with its key and, if there is one, its mapping."""
    found = element(
        "qti-response-declaration",
        identifier=identifier,
        cardinality=cardinality,
        base_type=base_type,
    )
    values = [element("qti-value", one) for one in key]
    if values:
        found.append(element("qti-correct-response", *values))
    if mapping is not None:
        found.append(mapping)
    return found


def mapping_of(
    worths: Iterable[tuple[str, float]], *, case: str = "", floor: bool = False
) -> Element:
    """Return a mapping. `case` is `true` or `false` for texts; `floor` keeps the sum from 0 on."""
    found = element("qti-mapping", default_value="0")
    if floor:
        found.set("lower-bound", "0")
    for key, worth in worths:
        entry = element("qti-map-entry", map_key=key, mapped_value=figure(worth))
        if case:
            entry.set("case-sensitive", case)
        found.append(entry)
    return found


def outcome(identifier: str, base_type: str = "float", default: str = "", **more: str) -> Element:
    """Return the declaration of an outcome."""
    cardinality = more.pop("cardinality", "single")
    found = element(
        "qti-outcome-declaration",
        identifier=identifier,
        cardinality=cardinality,
        base_type=base_type,
        **more,
    )
    if default:
        found.append(element("qti-default-value", element("qti-value", default)))
    return found


def variable(identifier: str) -> Element:
    """Return the value of a response or an outcome."""
    return element("qti-variable", identifier=identifier)


def constant(value: str, base_type: str = "float") -> Element:
    """Return a fixed value."""
    return element("qti-base-value", value, base_type=base_type)


def set_outcome(identifier: str, value: Element) -> Element:
    """Return the rule that gives an outcome a value."""
    return element("qti-set-outcome-value", value, identifier=identifier)


def when(*branches: tuple[Element, Element]) -> Element:
    """Return a condition: the first test that holds decides which rule is carried out."""
    found = element("qti-response-condition")
    for test, rule in branches:
        tag = "qti-response-else-if" if len(found) else "qti-response-if"
        found.append(element(tag, test, rule))
    return found


def is_key(identifier: str) -> Element:
    """Return the test whether a response is as its key."""
    key = element("qti-correct", identifier=identifier)
    return element("qti-match", variable(identifier), key)
