"""What the house knows about a question and other programs do not, kept in tags.

A tag such as `source=GB 30871` survives the way through another program, which shows it as an
ordinary tag. A tag of the author's own that looks like one of these is written as `tag=...`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from question_bank.formats.moodle.grades import scoring_of, weights_of
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft

_TEXTS = ("source", "clause", "author", "workplace")
_DATES = ("verified_on", "valid_until")
_DIFFICULTIES = ("easy", "medium", "hard")
_SCORINGS = {
    "single": ("all_or_nothing", "weighted"),
    "multiple": ("all_or_nothing", "partial", "corrected", "weighted"),
    "matching": ("all_or_nothing", "partial"),
    "ordering": ("all_or_nothing", "partial"),
}
_OWN = re.compile(
    r"(tag|source|clause|author|workplace|verified_on|valid_until|difficulty|points|scoring|order"
    r"|compare|unit)=(.*)",
    re.DOTALL,
)
_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,5})?")


def tags_of(question: Question, draft_tags: Sequence[str] = ()) -> list[str]:
    """Return the tags of a question, with its passport and `draft_tags` among them."""
    tags = [f"tag={tag}" if _OWN.fullmatch(tag) else tag for tag in question.tags]
    for name in _TEXTS:
        if getattr(question, name):
            tags.append(f"{name}={getattr(question, name)}")
    for name in _DATES:
        if getattr(question, name) is not None:
            tags.append(f"{name}={getattr(question, name).isoformat()}")
    if question.difficulty:
        tags.append(f"difficulty={question.difficulty}")
    return [*tags, *draft_tags]


def draft_tags(draft: Draft, names: Iterable[str]) -> list[str]:
    """Return tags for what a format has no place for; `names` are those it needs."""
    said = {
        "scoring": scoring_of(draft),
        "order": "fixed" if draft.is_fixed else "",
        "compare": "exact" if any(blank.is_exact for blank in draft.blanks) else "",
        "unit": draft.unit,
    }
    return [f"{name}={said[name]}" for name in names if said[name]]


def points_tag(points: float | None) -> list[str]:
    """Return the tag that says what a question is worth, if it is said."""
    return [] if points is None else [f"points={points:g}"]


def with_tags(question: Question, tags: Iterable[str]) -> Question:
    """Return a question with the tags of a file; those of the house go back to their fields."""
    plain: list[str] = []
    for tag in tags:
        own = _OWN.fullmatch(tag.strip())
        understood = _with_own(question, own[1], own[2].strip()) if own else None
        if own and own[1] == "tag":
            plain.append(own[2])
        elif understood is None:
            plain.append(tag.strip())
        else:
            question = understood
    return replace(question, tags=tuple(dict.fromkeys(tag for tag in plain if tag)))


def _with_own(question: Question, name: str, value: str) -> Question | None:
    """Return the question with one field set, or None when the value does not fit the field."""
    draft = question.draft
    if name in _TEXTS and value:
        return replace(question, **{name: value})  # type: ignore[arg-type]
    if name in _DATES:
        try:
            return replace(question, **{name: date.fromisoformat(value)})  # type: ignore[arg-type]
        except ValueError:
            return None
    if name == "difficulty" and value in _DIFFICULTIES:
        return replace(question, difficulty=value)
    if name == "points" and _NUMBER.fullmatch(value):
        return replace(question, points=float(value))
    if name == "scoring" and value in _SCORINGS.get(draft.kind, ()):
        return replace(question, draft=_with_scoring(draft, value))
    if name == "order" and value == "fixed":
        return replace(question, draft=replace(draft, is_fixed=True))
    if name == "compare" and value == "exact":
        blanks = tuple(replace(blank, is_exact=True) for blank in draft.blanks)
        return replace(question, draft=replace(draft, blanks=blanks))
    if name == "unit" and draft.kind == "numeric":
        return replace(question, draft=replace(draft, unit=value))
    return None


def _with_scoring(draft: Draft, scoring: str) -> Draft:
    """Set the scoring; only the one by weights keeps weights at the options."""
    weights: list[float | None] = [None] * len(draft.options)
    if scoring == "weighted":
        weights = list(weights_of(draft.kind, draft.scoring, draft.options))
    options = tuple(replace(o, weight=w) for o, w in zip(draft.options, weights, strict=True))
    return replace(draft, scoring=scoring, options=options)
