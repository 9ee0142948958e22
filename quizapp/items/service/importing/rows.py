"""Rows of an import as values, and as the JSON they are kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from question_bank.formats.problems import Problem, Where
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft
from question_bank.items.drafting import draft_from_dict, draft_to_dict

# What a file says beside the draft, kept as it is until the row becomes an item.
PAPERS = ("name", "difficulty", "source", "clause", "author", "workplace")

READY, FIXED, DUPLICATE = "ready", "fixed", "duplicate"
DECISION, REFUSED, SKIPPED, IMPORTED = "decision", "refused", "skipped", "imported"
ON_THE_DESK = (READY, FIXED, DUPLICATE, DECISION, REFUSED, SKIPPED)
IMPORTABLE = (READY, FIXED)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a row holds: the draft as it stands, the draft as it was read, and its papers.

    ``read`` is None as long as nobody changed anything.
    """

    draft: Draft
    read: Draft | None
    category: tuple[str, ...]
    papers: Mapping[str, str]
    verified_on: date | None
    valid_until: date | None


def content_of(question: Question, draft: Draft) -> str:
    """Return the JSON in which a row keeps a question, with ``draft`` in its place."""
    return _dump(
        {
            "draft": draft_to_dict(draft),
            "category": list(question.category),
            "papers": {name: getattr(question, name) for name in PAPERS if getattr(question, name)},
            "verified_on": question.verified_on and question.verified_on.isoformat(),
            "valid_until": question.valid_until and question.valid_until.isoformat(),
        }
    )


def changed(kept: str, draft: Draft | None) -> str:
    """Return a row's JSON with another draft; None takes every change back."""
    content = json.loads(kept)
    read = content.pop("read", None) or content["draft"]
    content["draft"] = read if draft is None else draft_to_dict(draft)
    if draft is not None:
        content["read"] = read
    return _dump(content)


def load(kept: str) -> Content:
    """Return what a row's JSON holds."""
    content = json.loads(kept)
    return Content(
        draft=draft_from_dict(content["draft"]),
        read=draft_from_dict(content["read"]) if content.get("read") else None,
        category=tuple(content["category"]),
        papers=content["papers"],
        verified_on=_day(content["verified_on"]),
        valid_until=_day(content["valid_until"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def dump_problems(problems: Sequence[Problem]) -> str:
    """Return problems as JSON; ``load_problems`` reverses it."""
    return _dump([asdict(problem) for problem in problems])


def load_problems(kept: str) -> list[Problem]:
    """Return the problems that a row or an import keeps."""
    return [Problem(**{**one, "where": Where(**one["where"])}) for one in json.loads(kept)]


def place_of(where: Where) -> str:
    """Return a short place: the cell, the line, or the name inside an archive; may be empty."""
    if where.cell:
        return f"{where.sheet}!{where.cell}" if where.sheet else where.cell
    if where.line:
        return f"{where.sheet}!{where.line}" if where.sheet else str(where.line)
    return (where.item or where.entry or "")[:80]


def status_of(problems: Sequence[Problem], *, is_similar: bool, choice: str) -> str:
    """Return where a row stands, after its problems and what a person chose ("" for nothing)."""
    severities = {problem.severity for problem in problems}
    if choice == "skip":
        return SKIPPED
    if "error" in severities:
        return REFUSED
    if "decision" in severities and not choice:
        return DECISION
    if is_similar and choice != "import":
        return DUPLICATE
    return FIXED if choice or "fix" in severities else READY


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
