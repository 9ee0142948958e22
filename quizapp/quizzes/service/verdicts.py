"""What a person is told about a response. The only learner type that may hold a key."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from question_bank.items import Prompt
from question_bank.responses import read_response
from quizapp.items.service import StoredItem

from .. import rules
from .comparing import Compared, compare


@dataclass(frozen=True)
class Verdict:
    """A graded response with as much of the rest as is told; made only from a stored response.

    ``key`` and what names it are empty unless the key is told, likewise the explanation and the
    source. ``is_pending``: a person has yet to mark it.
    """

    position: int
    chosen: frozenset[str]
    key: frozenset[str]
    score: float
    is_correct: bool
    is_pending: bool
    is_rapid: bool
    is_late: bool
    explanation: str
    source: str
    source_url: str | None
    key_letters: str
    key_text: str
    compared: Compared
    tells_key: bool


def verdict_on(
    response: Any, stored: StoredItem, prompt: Prompt, told: Collection[str] = rules.EVERYTHING
) -> Verdict:
    """Return what to say about ``response`` to the item that was shown as ``prompt``.

    ``response`` has the columns of a stored one. Whoever asks knows that a verdict is told.
    """
    given = read_response(stored.item, json.loads(response.given))
    compared = compare(stored.item, prompt, given)
    tells_key, tells_source = rules.KEY in told, rules.SOURCE in told
    if rules.EXPLANATION not in told:
        compared = _without_explanations(compared)
    if not tells_key:
        compared = _without_key(compared)
    return Verdict(
        position=response.position,
        chosen=compared.chosen,
        key=compared.key,
        score=response.score,
        is_correct=response.is_correct,
        is_pending=response.is_pending,
        is_rapid=response.is_rapid,
        is_late=response.is_late,
        explanation=stored.item.explanation if rules.EXPLANATION in told else "",
        source=stored.source if tells_source else "",
        source_url=stored.source_url if tells_source else None,
        key_letters=_letters(prompt, compared.key),
        key_text=_words(prompt, compared) if tells_key else "",
        compared=compared,
        tells_key=tells_key,
    )


def _without_key(compared: Compared) -> Compared:
    """Return a comparison without what is right: only what was given, and whether it was.

    No lines either: those of an order stand in the right one, and each says whether it fits.
    """
    return replace(
        compared,
        key=frozenset(),
        lines=(),
        feedback=(),
        solution=(),
        parts=tuple(_without_key(part) for part in compared.parts),
    )


def _without_explanations(compared: Compared) -> Compared:
    return replace(
        compared,
        explanation="",
        feedback=(),
        parts=tuple(_without_explanations(part) for part in compared.parts),
    )


def _letters(prompt: Prompt, key: frozenset[str]) -> str:
    """Return the letters of the options, or the numbers of the zones, that are right."""
    if prompt.zones:
        return ", ".join(str(zone.number) for zone in prompt.zones if zone.id in key)
    return "".join(option.letter for option in prompt.options if option.id in key)


def _words(prompt: Prompt, compared: Compared) -> str:
    """Return what is right where one thing is: an option, a number, the word of a blank."""
    if compared.key:
        right = [option.text for option in prompt.options if option.id in compared.key]
        return right[0] if len(right) == 1 else ""
    is_one = prompt.kind in ("numeric", "cloze") and len(compared.lines) == 1
    return compared.lines[0].right if is_one else ""
