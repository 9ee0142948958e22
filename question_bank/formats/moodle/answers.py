"""Typed answers: words and numbers with what each earns and what is said about it."""

import re
from collections.abc import Iterable, Sequence

from question_bank.formats.problems import Problem, Where, problem
from question_bank.items.draft import Accepted, Span

_SHOWN = 200
_ASTERISK = re.compile(r"(?<!\\)\*")


def accepted_texts(
    given: Iterable[tuple[Accepted, str]], where: Where
) -> tuple[tuple[Accepted, ...], list[Problem]]:
    """Return the texts that earn something, and what had to be left out.

    `given` holds each text with its feedback. Answers that earn nothing stand in files only to
    carry feedback, and a blank has no place for it. An asterisk accepts any words in Moodle.
    """
    kept: dict[str, Accepted] = {}
    problems: list[Problem] = []
    for answer, feedback in given:
        if feedback:
            problems.append(_lost(answer.text, feedback, where))
        if answer.credit <= 0 or not answer.text:
            continue
        words = " ".join(_ASTERISK.sub(" ", answer.text).split()).replace("\\*", "*")
        if not words:
            problems.append(problem("plain.accepts_anything", where))
            continue
        if _ASTERISK.search(answer.text):
            problems.append(problem("plain.wildcard", where, text=answer.text[:_SHOWN]))
        else:
            words = answer.text.replace("\\*", "*")
        kept.setdefault(words, Accepted(words, answer.credit))
    return tuple(kept.values()), problems


def credited_spans(
    given: Sequence[tuple[Span | None, str, str]], where: Where
) -> tuple[tuple[Span, ...], list[Problem]]:
    """Return the numbers that earn something, and what had to be left out.

    `given` holds each span (None for any other number), how it was written, and its feedback.
    """
    spans: list[Span] = []
    problems: list[Problem] = []
    for span, text, feedback in given:
        if feedback:
            problems.append(_lost(text, feedback, where))
        if span is not None and span.credit > 0:
            spans.append(span)
    return tuple(spans), problems


def _lost(answer: str, feedback: str, where: Where) -> Problem:
    return problem("plain.feedback_lost", where, answer=answer[:_SHOWN], text=feedback[:_SHOWN])
