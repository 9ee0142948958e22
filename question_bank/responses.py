"""What a person gave, checked against the item it was given to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from question_bank.items import Item


@dataclass(frozen=True, slots=True)
class ChoiceResponse:
    """The ids of the options that a person chose."""

    chosen: frozenset[str]


class ResponseError(ValueError):
    """A response that cannot be graded. `code` says why; it never says anything about the key."""

    code: ClassVar[str] = "response.invalid"


class UnknownOption(ResponseError):
    """The response names an option that the item does not have."""

    code = "response.unknown_option"


class EmptyResponse(ResponseError):
    """The response names no option."""

    code = "response.empty"


class TooManyOptions(ResponseError):
    """The response names several options where the item takes one."""

    code = "response.too_many_options"


def read_response(item: Item, values: Sequence[str]) -> ChoiceResponse:
    """Turn the option ids that a device sent into a response; an id sent twice counts once.

    Raises EmptyResponse, UnknownOption or TooManyOptions.
    """
    if not values:
        raise EmptyResponse("no option was chosen")
    # Values come from outside: one that is not even text may not be hashable.
    if not all(isinstance(value, str) and value in item.option_ids for value in values):
        raise UnknownOption("an option was named that the item does not have")
    chosen = frozenset(values)
    if len(chosen) > item.max_chosen:
        raise TooManyOptions(f"{len(chosen)} options were chosen, {item.max_chosen} is allowed")
    return ChoiceResponse(chosen)
