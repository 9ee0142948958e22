"""What a person is told about a response that is final. The only learner type that holds a key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from question_bank.items import Prompt
from question_bank.responses import read_response
from quizapp.items.service import StoredItem

from ..models import Response
from .comparing import Compared, compare


@dataclass(frozen=True)
class Verdict:
    """A graded response with its explanation; made only from a stored response."""

    position: int
    chosen: frozenset[str]
    key: frozenset[str]
    score: float
    is_correct: bool
    is_rapid: bool
    is_late: bool
    explanation: str
    source: str
    source_url: str | None
    key_letters: str
    key_text: str
    compared: Compared


def verdict_on(response: Response | Row[Any], stored: StoredItem, prompt: Prompt) -> Verdict:
    """Return what to say about ``response`` to the item that was shown as ``prompt``."""
    given = read_response(stored.item, json.loads(response.given))
    compared = compare(stored.item, prompt, given)
    return Verdict(
        position=response.position,
        chosen=compared.chosen,
        key=compared.key,
        score=response.score,
        is_correct=response.is_correct,
        is_rapid=response.is_rapid,
        is_late=response.is_late,
        explanation=stored.item.explanation,
        source=stored.source,
        source_url=stored.source_url,
        key_letters=_letters(prompt, compared.key),
        key_text=_words(prompt, compared),
        compared=compared,
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
