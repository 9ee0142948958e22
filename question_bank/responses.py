"""What a person gave, checked against the item it was given to.

A device sends texts, the same that are stored. For single, multiple, true_false and hotspot they
are ids; for cloze the n-th is the text, or the option id, of the n-th blank, empty when left out;
for numeric and essay there is one; for ordering `id=place` with places from 1; for matching
`left=right`, the right id empty when left out; for a case `n/value`, with the number of the part
from 1 and a value as the part's kind has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from question_bank.items import (
    Case,
    Cloze,
    Essay,
    Item,
    Matching,
    Numeric,
    Ordering,
    Part,
)
from question_bank.items.cloze import Blank
from question_bank.text import MAX_NUMBER, MAX_TEXT, read_number

MAX_BLANK = 500


@dataclass(frozen=True, slots=True)
class ChoiceResponse:
    """The ids of the options, or zones, that a person chose."""

    chosen: frozenset[str]

    def values(self) -> list[str]:
        """Return what is stored: the ids, sorted."""
        return sorted(self.chosen)


@dataclass(frozen=True, slots=True)
class ClozeResponse:
    """What was given for each blank: a text or an option id, empty when it was left out."""

    texts: tuple[str, ...]

    def values(self) -> list[str]:
        """Return what is stored: the texts in the order of the blanks."""
        return list(self.texts)


@dataclass(frozen=True, slots=True)
class NumericResponse:
    """A number as it was typed."""

    text: str

    def values(self) -> list[str]:
        """Return what is stored: the text."""
        return [self.text]


@dataclass(frozen=True, slots=True)
class OrderingResponse:
    """The ids of all entries in the order that was given to them."""

    order: tuple[str, ...]

    def values(self) -> list[str]:
        """Return what is stored: `id=place` for each entry, in the order of the places."""
        return [f"{entry}={place}" for place, entry in enumerate(self.order, start=1)]


@dataclass(frozen=True, slots=True)
class MatchingResponse:
    """Ids of each pair, in the order of the left sides; the right one is empty if left out."""

    pairs: tuple[tuple[str, str], ...]

    def values(self) -> list[str]:
        """Return what is stored: `left=right` for each left side."""
        return [f"{left}={right}" for left, right in self.pairs]


@dataclass(frozen=True, slots=True)
class EssayResponse:
    """A text in free words."""

    text: str

    def values(self) -> list[str]:
        """Return what is stored: the text."""
        return [self.text]


PartResponse: TypeAlias = (
    ChoiceResponse
    | ClozeResponse
    | NumericResponse
    | OrderingResponse
    | MatchingResponse
    | EssayResponse
)


@dataclass(frozen=True, slots=True)
class CaseResponse:
    """What was given to each part of a case, None where a part was left out."""

    parts: tuple[PartResponse | None, ...]

    def values(self) -> list[str]:
        """Return what is stored: `n/value` for each value of each part."""
        return [
            f"{number}/{value}"
            for number, part in enumerate(self.parts, start=1)
            if part is not None
            for value in part.values()
        ]


Response: TypeAlias = PartResponse | CaseResponse


class ResponseError(ValueError):
    """A response that cannot be graded. `code` says why; it never says anything about the key."""

    code: ClassVar[str] = "response.invalid"


class UnknownOption(ResponseError):
    """The response names an option, entry, zone or part that the item does not have."""

    code = "response.unknown_option"


class EmptyResponse(ResponseError):
    """The response says nothing at all."""

    code = "response.empty"


class TooManyOptions(ResponseError):
    """The response names several options where the item takes one."""

    code = "response.too_many_options"


class TooManyValues(ResponseError):
    """The response holds more values than the item has places for."""

    code = "response.too_many_values"


class IncompleteOrder(ResponseError):
    """An entry was given no place while others have one."""

    code = "response.incomplete_order"


class RepeatedPlace(ResponseError):
    """Two entries were given the same place, or one a place that there is not."""

    code = "response.repeated_place"


class NotANumber(ResponseError):
    """A text stands where a number is asked for."""

    code = "response.not_a_number"


class TooLong(ResponseError):
    """A text is longer than the item takes."""

    code = "response.too_long"


def read_response(item: Item, values: Sequence[str]) -> Response:
    """Turn the values that a device sent into a response to the item.

    Blanks, pairs and parts may be left out; a response without anything is none. Raises a
    ResponseError, of the class that says why.
    """
    # Values come from outside: they may not even be texts.
    if not all(isinstance(value, str) for value in values):
        raise UnknownOption("a value is no text")
    if isinstance(item, Case):
        return _read_case(item, values)
    return _read_part(item, values)


def _read_part(item: Part, values: Sequence[str]) -> PartResponse:
    match item:
        case Cloze():
            return _read_cloze(item, values)
        case Numeric():
            return NumericResponse(_number(_only(values, MAX_NUMBER), item.unit))
        case Ordering():
            return _read_order(item, values)
        case Matching():
            return _read_pairs(item, values)
        case Essay():
            return EssayResponse(_only(values, MAX_TEXT))
        case _:
            return _read_choice(item.option_ids, item.max_chosen, values)


def _read_choice(ids: frozenset[str], most: int, values: Sequence[str]) -> ChoiceResponse:
    """Read ids; one that is sent twice counts once."""
    if not values:
        raise EmptyResponse("nothing was chosen")
    chosen = frozenset(values)
    if not chosen <= ids:
        raise UnknownOption("an option was named that the item does not have")
    if len(chosen) > most:
        raise TooManyOptions(f"{len(chosen)} options were chosen, {most} is allowed")
    return ChoiceResponse(chosen)


def _only(values: Sequence[str], limit: int) -> str:
    """Return the one text of a response."""
    if len(values) > 1:
        raise TooManyValues("one text is asked for")
    text = _within("".join(values), limit)
    if not text:
        raise EmptyResponse("nothing was written")
    return text


def _within(text: str, limit: int) -> str:
    """Return a text without blanks around it; a text area ends its lines as the network does."""
    plain = text.replace("\r\n", "\n").strip()
    if len(plain) > limit:
        raise TooLong(f"{len(plain)} characters were written, {limit} are allowed")
    return plain


def _number(text: str, unit: str = "") -> str:
    if read_number(text, unit) is None:
        raise NotANumber("this is no number")
    return text


def _read_cloze(item: Cloze, values: Sequence[str]) -> ClozeResponse:
    if len(values) > len(item.blanks):
        raise TooManyValues(f"{len(values)} values were sent for {len(item.blanks)} blanks")
    given = [*values, *[""] * (len(item.blanks) - len(values))]
    texts = [_fill(blank, text) for blank, text in zip(item.blanks, given, strict=True)]
    if not any(texts):
        raise EmptyResponse("every blank was left out")
    return ClozeResponse(tuple(texts))


def _fill(blank: Blank, value: str) -> str:
    text = _within(value, MAX_NUMBER if blank.kind == "number" else MAX_BLANK)
    if text and blank.kind == "number":
        return _number(text)
    if text and blank.kind == "choice" and text not in {option.id for option in blank.options}:
        raise UnknownOption("an option was named that the blank does not have")
    return text


def _read_order(item: Ordering, values: Sequence[str]) -> OrderingResponse:
    places: dict[str, str] = {}
    for value in values:
        entry, _sign, place = value.rpartition("=")
        if entry not in item.order:
            raise UnknownOption("an entry was named that the item does not have")
        if places.setdefault(entry, place.strip()) != place.strip():
            raise RepeatedPlace("an entry was given two places")
    if not any(places.values()):
        raise EmptyResponse("no entry was given a place")
    if not all(places.get(entry) for entry in item.order):
        raise IncompleteOrder("an entry was given no place")
    by_place = {place: entry for entry, place in places.items()}
    wanted = [str(place) for place in range(1, len(item.order) + 1)]
    if by_place.keys() != set(wanted):
        raise RepeatedPlace("the places are not those from first to last")
    return OrderingResponse(tuple(by_place[place] for place in wanted))


def _read_pairs(item: Matching, values: Sequence[str]) -> MatchingResponse:
    lefts = [option.id for option in item.lefts]
    rights = {option.id for option in item.rights}
    given: dict[str, str] = {}
    for value in values:
        left, _sign, right = value.partition("=")
        if left not in lefts or (right and right not in rights):
            raise UnknownOption("a side was named that the item does not have")
        if given.setdefault(left, right) != right:
            raise TooManyValues("a left side was given two right sides")
    if not any(given.values()):
        raise EmptyResponse("no pair was made")
    return MatchingResponse(tuple((left, given.get(left, "")) for left in lefts))


def _read_case(item: Case, values: Sequence[str]) -> CaseResponse:
    given: list[list[str]] = [[] for _part in item.parts]
    numbers = {str(number): number for number in range(1, len(item.parts) + 1)}
    for value in values:
        number, sign, rest = value.partition("/")
        if not sign or number not in numbers:
            raise UnknownOption("a part was named that the case does not have")
        given[numbers[number] - 1].append(rest)
    parts = [_read_or_none(part, own) for part, own in zip(item.parts, given, strict=True)]
    if not any(parts):
        raise EmptyResponse("no part was answered")
    return CaseResponse(tuple(parts))


def _read_or_none(part: Part, values: Sequence[str]) -> PartResponse | None:
    try:
        return _read_part(part, values)
    except EmptyResponse:
        return None
