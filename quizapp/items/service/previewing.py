"""A half-written question as a phone would show it, and other looks at a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from question_bank.differences import Segment, differences
from question_bank.items import Prompt
from question_bank.items.building import build
from question_bank.items.draft import (
    BLANK,
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
)
from quizapp.core.security import CONTENT_SECURITY_POLICY

from . import contents
from .contents import Wording

POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
SEED = 0


@dataclass(frozen=True)
class Preview:
    """What a phone shows of a draft; ``prompt`` is None while there is too little of it."""

    stem: str
    prompt: Prompt | None


def preview(draft: Draft) -> Preview:
    """Return a draft as learners would meet it, options in the author's order, without its key.

    What is still missing for grading (a key, an explanation) is filled in for the picture alone.
    """
    whole = build(_completed(draft), "preview").item
    return Preview(draft.stem, whole.prompt(SEED) if whole else None)


def _completed(draft: Draft) -> Draft:
    """Return a draft with whatever grading would need and a phone does not show."""
    options = [option for option in draft.options if option.text or option.image]
    if options and not any(option.is_right for option in options):
        options[0] = replace(options[0], is_right=True)
    blanks = draft.blanks
    if draft.kind == "cloze":
        count = max(1, draft.stem.count(BLANK))
        blanks = tuple(
            draft.blanks[place]
            if place < len(draft.blanks) and _asks(draft.blanks[place])
            else DraftBlank(accepted=(Accepted("…"),))
            for place in range(count)
        )
    return replace(
        draft,
        stem=draft.stem or "…",
        explanation=draft.explanation or "…",
        options=tuple(options) if draft.kind != "true_false" else draft.options,
        is_fixed=True if draft.kind in ("single", "multiple") else draft.is_fixed,
        is_true=draft.is_true or False,
        blanks=blanks,
        spans=draft.spans if any(one.low for one in draft.spans) else (Span("0", "0"),),
        pairs=tuple(pair for pair in draft.pairs if all(pair)),
        rubric=draft.rubric or (Criterion("…", 1.0),),
        parts=tuple(map(_completed, draft.parts)),
    )


def _asks(blank: DraftBlank) -> bool:
    return bool(blank.accepted or blank.spans or blank.options)


def turned_into(draft: Draft, kind: str) -> Draft:
    """Return a draft as another kind of item; its texts stay, and its key where it can."""
    options = draft.options
    if kind == "single" and sum(option.is_right for option in options) > 1:
        options = tuple(replace(option, is_right=False) for option in options)
    if kind in ("single", "multiple", "ordering") and not options:
        options = tuple(DraftOption(left) for left, _right in draft.pairs if left)
    fresh = contents.empty_draft(kind)
    return replace(
        draft,
        kind=kind,
        options=options or fresh.options,
        blanks=draft.blanks or fresh.blanks,
        spans=draft.spans or fresh.spans,
        pairs=draft.pairs or fresh.pairs,
        rubric=draft.rubric or fresh.rubric,
        zones=draft.zones or fresh.zones,
        scoring="",
        parts=draft.parts or fresh.parts,
    )


@dataclass(frozen=True)
class FieldDiff:
    """A field of two drafts: what the first has, and what the second makes of it."""

    name: str
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    is_same: bool


def rows_between(before: Wording, after: Wording) -> list[FieldDiff]:
    """Return the texts of two drafts beside each other, for who has to choose between them."""
    old, new = dict(_texts(before)), dict(_texts(after))
    rows = []
    for name in dict.fromkeys([*new, *old]):
        pieces = differences(old.get(name, ""), new.get(name, ""))
        rows.append(
            FieldDiff(
                name,
                tuple(piece for piece in pieces if piece.kind != "added"),
                tuple(piece for piece in pieces if piece.kind != "removed"),
                old.get(name) == new.get(name),
            )
        )
    return rows


def _texts(wording: Wording) -> Iterator[tuple[str, str]]:
    draft, passport = wording.draft, wording.passport
    marks = [f"{'✓ ' if one.is_right else ''}{one.text}" for one in draft.options]
    yield _("Stem"), draft.stem
    yield _("Options"), "\n".join(marks)
    yield _("Questions"), "\n".join(part.stem for part in draft.parts)
    yield _("Explanation"), draft.explanation
    yield _("Workplace question"), passport.workplace
    yield _("Clause"), passport.clause
