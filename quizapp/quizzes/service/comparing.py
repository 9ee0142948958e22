"""A response laid beside what is right, for the page that shows the verdict. It holds a key."""

from __future__ import annotations

from dataclasses import dataclass

from question_bank.grading import blank_credit, grade
from question_bank.items import (
    Case,
    Choice,
    Choosable,
    Cloze,
    Essay,
    Item,
    Matching,
    Numeric,
    Ordering,
    Prompt,
    TrueFalse,
)
from question_bank.items.cloze import Blank
from question_bank.responses import (
    CaseResponse,
    ChoiceResponse,
    ClozeResponse,
    EssayResponse,
    MatchingResponse,
    NumericResponse,
    OrderingResponse,
    Response,
)


@dataclass(frozen=True)
class Line:
    """One thing that was asked: what it is called, what was given, what is right, its credit.

    ``label`` is the left side of a pair or the entry of an order, ``number`` counts from 1;
    ``given`` is empty when it was left out, of an order the place that the entry was given.
    """

    number: int
    label: str
    given: str
    right: str
    credit: float


@dataclass(frozen=True)
class Compared:
    """What was given to an item beside what is right: ids for choices, lines for the rest.

    ``feedback`` holds what is said to the options that were chosen, by their ids. ``parts`` are
    those of a case, in order; ``explanation`` is a part's own.
    """

    chosen: frozenset[str]
    key: frozenset[str]
    lines: tuple[Line, ...]
    feedback: tuple[tuple[str, str], ...]
    solution: tuple[str, ...]
    is_correct: bool
    explanation: str
    parts: tuple[Compared, ...]


def compare(item: Item, prompt: Prompt, response: Response | None) -> Compared:
    """Lay a response, or None for a part that was left out, beside the key of its item."""
    parts: tuple[Compared, ...] = ()
    if isinstance(item, Case):
        given = response.parts if isinstance(response, CaseResponse) else (None,) * len(item.parts)
        parts = tuple(compare(*each) for each in zip(item.parts, prompt.parts, given, strict=True))
    chosen = response.chosen if isinstance(response, ChoiceResponse) else frozenset()
    return Compared(
        chosen=chosen,
        key=item.key_ids if isinstance(item, Choosable) else frozenset(),
        lines=_lines(item, response),
        feedback=_feedback(item, chosen),
        solution=item.solution(),
        is_correct=bool(item.is_automatic and response and grade(item, response).is_correct),
        explanation=item.explanation,
        parts=parts,
    )


def _feedback(item: Item, chosen: frozenset[str]) -> tuple[tuple[str, str], ...]:
    if not isinstance(item, Choice | TrueFalse):
        return ()
    said = ((option_id, item.feedback_on(option_id)) for option_id in sorted(chosen))
    return tuple((option_id, text) for option_id, text in said if text)


def _lines(item: Item, response: Response | None) -> tuple[Line, ...]:
    match item:
        case Cloze():
            texts = response.texts if isinstance(response, ClozeResponse) else ("",) * 40
            return tuple(
                Line(n, "", _filled(blank, text), blank.solution(), blank_credit(blank, text))
                for n, (blank, text) in enumerate(zip(item.blanks, texts, strict=False), start=1)
            )
        case Numeric():
            text = response.text if isinstance(response, NumericResponse) else ""
            credit = grade(item, response).points if response else 0.0
            return (Line(1, "", text, " / ".join(item.solution()), credit),)
        case Ordering():
            return _order_lines(item, response)
        case Matching():
            return _pair_lines(item, response)
        case Essay():
            text = response.text if isinstance(response, EssayResponse) else ""
            return (Line(1, "", text, "\n".join(item.solution()), 0.0),)
        case _:
            return ()


def _filled(blank: Blank, text: str) -> str:
    """Return what stands in a blank; of a list the words and not the id."""
    return next((option.text for option in blank.options if option.id == text), text)


def _order_lines(item: Ordering, response: Response | None) -> tuple[Line, ...]:
    order = response.order if isinstance(response, OrderingResponse) else ()
    places = {entry: place for place, entry in enumerate(order, start=1)}
    return tuple(
        Line(n, o.text, str(places.get(o.id, "")), str(n), float(places.get(o.id) == n))
        for n, o in enumerate(item.options, start=1)
    )


def _pair_lines(item: Matching, response: Response | None) -> tuple[Line, ...]:
    pairs = dict(response.pairs) if isinstance(response, MatchingResponse) else {}
    words = {right.id: right.text for right in item.rights}
    return tuple(
        Line(n, left.text, words.get(given, ""), right.text, float(given == right.id))
        for n, (left, right) in enumerate(item.pairs, start=1)
        for given in (pairs.get(left.id, ""),)
    )
