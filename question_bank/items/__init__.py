"""One module per kind of interaction, and the registry that rebuilds an item from its payload."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from question_bank.items.case import PART_KINDS, Case, Part
from question_bank.items.choice import Choice
from question_bank.items.cloze import Blank, Cloze
from question_bank.items.essay import Essay
from question_bank.items.hotspot import Hotspot, HotspotZone
from question_bank.items.matching import Matching
from question_bank.items.media import Media
from question_bank.items.numeric import Numeric
from question_bank.items.options import (
    Option,
    Prompt,
    PromptBlank,
    PromptOption,
    PromptZone,
)
from question_bank.items.ordering import Ordering
from question_bank.items.payloads import InvalidPayload, rebuilt
from question_bank.items.true_false import TrueFalse

__all__ = [
    "KINDS",
    "PART_KINDS",
    "Blank",
    "Case",
    "Choice",
    "Choosable",
    "Cloze",
    "Essay",
    "Hotspot",
    "HotspotZone",
    "InvalidPayload",
    "Item",
    "Matching",
    "Media",
    "Numeric",
    "Option",
    "Ordering",
    "Part",
    "Prompt",
    "PromptBlank",
    "PromptOption",
    "PromptZone",
    "TrueFalse",
    "from_payload",
]

Item: TypeAlias = Part | Case

# The kinds whose response is a set of ids, and whose key is one too.
Choosable: TypeAlias = Choice | TrueFalse | Hotspot

KINDS: Mapping[str, type[Item]] = MappingProxyType({**PART_KINDS, "case": Case})


def from_payload(payload: Mapping[str, Any]) -> Item:
    """Build the item that `to_payload` described. Raises InvalidPayload."""
    item: Item = rebuilt(payload, KINDS)
    return item
