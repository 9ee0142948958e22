"""Rubric blocks: instructions for who answers, criteria or notes for who marks."""

from dataclasses import replace
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.asked import Asked
from question_bank.formats.qti.tree import find_all
from question_bank.formats.qti.values import number
from question_bank.items.draft import Criterion, Draft

_MARKERS = frozenset({"scorer", "tutor", "author", "proctor", "testConstructor"})


def with_rubrics(draft: Draft, asked: Asked) -> Draft:
    """Return a draft with its rubric blocks: before the stem, in the rubric or the explanation."""
    instructions, notes = [], []
    criteria: list[Criterion] = []
    for block in asked.rubrics:
        text = asked.content.of(block)
        if not set((block.get("view") or "candidate").split()) <= _MARKERS:
            instructions.append(text)
        elif draft.kind == "essay":
            criteria += _criteria(block, text, asked)
        else:
            notes.append(text)
    return replace(
        draft,
        stem="\n".join(filter(None, (*instructions, draft.stem))),
        explanation="\n".join(filter(None, (draft.explanation, *notes))),
        rubric=tuple(criteria),
        media=asked.content.media or draft.media,
    )


def _criteria(block: Element, text: str, asked: Asked) -> list[Criterion]:
    """Return the lines of a rubric: those of a list with points, else all of it as one."""
    found = []
    for one in find_all(block, "li"):
        points = number(asked.note(one, "points"))
        if points is not None:
            found.append(Criterion(asked.content.of(one), float(points)))
    if found or not text:
        return found
    most = asked.judge.declared_maximum()
    return [Criterion(text, float(most) if most is not None else 1.0)]
