"""What a person is told about a response that is final. The only learner type that holds a key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from question_bank.items import Choosable, Prompt
from quizapp.items.service import StoredItem

from ..models import Response


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


def verdict_on(response: Response | Row[Any], stored: StoredItem, prompt: Prompt) -> Verdict:
    """Return what to say about ``response`` to the item that was shown as ``prompt``."""
    key = stored.item.key_ids if isinstance(stored.item, Choosable) else frozenset()
    right = [option for option in prompt.options if option.id in key]
    return Verdict(
        position=response.position,
        chosen=frozenset(json.loads(response.given)),
        key=key,
        score=response.score,
        is_correct=response.is_correct,
        is_rapid=response.is_rapid,
        is_late=response.is_late,
        explanation=stored.item.explanation,
        source=stored.source,
        source_url=stored.source_url,
        key_letters="".join(option.letter for option in right),
        key_text=right[0].text if len(right) == 1 else "",
    )
