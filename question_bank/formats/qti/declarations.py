"""What an item declares: the responses it asks for with key and mapping, and its outcomes."""

import itertools
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.tree import child, children
from question_bank.formats.qti.values import Scalar, Value, gathered, items_of, number, scalar

ZERO = Decimal(0)
MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a mapping: what is answered, what it is worth, and whether case counts.

    `is_exact` is None where the file does not say.
    """

    key: str
    value: Scalar
    worth: Decimal
    is_exact: bool | None


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each answer is worth, for the template `map_response` and rules that use it."""

    entries: tuple[Entry, ...]
    default: Decimal = ZERO
    lower: Decimal | None = None
    upper: Decimal | None = None

    def worth(self, value: Value) -> Decimal:
        """Return what an answer is worth: the sum over its values, within the bounds."""
        items = set(items_of(value))
        total = sum((self._one(item) for item in items), ZERO)
        if not items:
            total = self._one("")
        if self.lower is not None:
            total = max(total, self.lower)
        if self.upper is not None:
            total = min(total, self.upper)
        return total

    def _one(self, item: Scalar) -> Decimal:
        for entry in self.entries:
            if entry.value == item:
                return entry.worth
            if not isinstance(item, str) or not isinstance(entry.value, str):
                continue
            if entry.is_exact is False and _fold(entry.value) == _fold(item):
                return entry.worth
        return self.default


@dataclass(frozen=True, slots=True)
class ResponseDeclaration:
    """One response: its type, its key (texts as the file has them), its mapping."""

    identifier: str
    cardinality: str = "single"
    base_type: str = "identifier"
    key_texts: tuple[str, ...] = ()
    mapping: Mapping | None = None

    @property
    def key(self) -> Value:
        """Return the key as a value; None when the file gives none."""
        found = [scalar(text, self.base_type) for text in self.key_texts]
        return gathered([one for one in found if one is not None], self.cardinality)

    def value(self, texts: list[str]) -> Value:
        """Return answers, given as texts, as a value of this response."""
        found = [scalar(text, self.base_type) for text in texts]
        return gathered([one for one in found if one is not None], self.cardinality)


def read_responses(item: Element) -> dict[str, ResponseDeclaration]:
    """Return the responses that an item declares, by identifier."""
    found: dict[str, ResponseDeclaration] = {}
    for element in children(item, "responseDeclaration"):
        declaration = _read_response(element)
        found.setdefault(declaration.identifier, declaration)
    return found


def _read_response(element: Element) -> ResponseDeclaration:
    base_type = element.get("baseType") or "identifier"
    return ResponseDeclaration(
        identifier=element.get("identifier", ""),
        cardinality=element.get("cardinality") or "single",
        base_type=base_type,
        key_texts=tuple(_values(child(element, "correctResponse"), base_type)),
        mapping=_read_mapping(child(element, "mapping"), base_type),
    )


def _values(element: Element | None, base_type: str) -> list[str]:
    texts = ("".join(one.itertext()) for one in children(element, "value"))
    found = [text if base_type == "string" else " ".join(text.split()) for text in texts]
    return [text.strip() for text in found if text.strip()]


def _read_mapping(element: Element | None, base_type: str) -> Mapping | None:
    if element is None:
        return None
    entries = []
    for one in itertools.islice(children(element, "mapEntry"), MAX_ENTRIES):
        key = one.get("mapKey", "")
        value = scalar(key, base_type)
        worth = number(one.get("mappedValue"))
        if value is not None and worth is not None:
            case = one.get("caseSensitive")
            entries.append(Entry(key, value, worth, None if case is None else case == "true"))
    return Mapping(
        tuple(entries),
        number(element.get("defaultValue")) or ZERO,
        number(element.get("lowerBound")),
        number(element.get("upperBound")),
    )


def read_defaults(item: Element) -> dict[str, Value]:
    """Return outcomes and template variables with their default values, None where they have none.

    Numbers without a default begin at 0, as the standard says.
    """
    found: dict[str, Value] = {}
    for element in children(item, "outcomeDeclaration", "templateDeclaration"):
        base_type = element.get("baseType") or "identifier"
        texts = _values(child(element, "defaultValue"), base_type)
        values = [one for text in texts if (one := scalar(text, base_type)) is not None]
        value = gathered(values, element.get("cardinality") or "single")
        if value is None and base_type in ("integer", "float"):
            value = ZERO
        found[element.get("identifier", "")] = value
    return found


def _fold(text: str) -> str:
    return text.strip().casefold()
