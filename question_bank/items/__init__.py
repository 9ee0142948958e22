"""One module per kind of interaction, and the registry that rebuilds an item from its payload."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from question_bank.items.choice import Choice
from question_bank.items.options import Option, Prompt, PromptOption
from question_bank.items.true_false import TrueFalse

__all__ = [
    "KINDS",
    "Choice",
    "InvalidPayload",
    "Item",
    "Option",
    "Prompt",
    "PromptOption",
    "TrueFalse",
    "from_payload",
]

Item: TypeAlias = Choice | TrueFalse

KINDS: Mapping[str, type[Choice] | type[TrueFalse]] = MappingProxyType(
    {"single": Choice, "multiple": Choice, "true_false": TrueFalse}
)


class InvalidPayload(ValueError):
    """A payload is no item: an unknown kind, a field missing, or a key that cannot be graded."""


def from_payload(payload: Mapping[str, Any]) -> Item:
    """Build the item that `to_payload` described. Raises InvalidPayload."""
    kind = payload.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidPayload(f"unknown kind of item: {kind!r}")
    try:
        item = KINDS[kind].from_payload(payload)
    except KeyError as missing:
        raise InvalidPayload(f"a field is missing: {missing}") from missing
    except (TypeError, ValueError) as wrong:
        raise InvalidPayload(str(wrong)) from wrong
    if unknown := payload.keys() - item.to_payload().keys():
        raise InvalidPayload(f"unknown fields: {', '.join(sorted(unknown))}")
    return item
