"""What a draft row keeps: the wording as question_bank knows it, and its passport."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from question_bank.items import from_payload
from question_bank.items.building import draft_of
from question_bank.items.draft import Criterion, Draft, DraftBlank, DraftOption, Span, Zone
from question_bank.items.drafting import draft_from_dict, draft_to_dict

from ..models import Item, ItemDraft, ItemVersion


@dataclass(frozen=True, kw_only=True)
class Passport:
    """The papers of a wording while it is written; any of them may be missing still.

    ``valid_until`` None with ``is_long_term`` says that it has no end; without it, that nobody has
    said. ``topic_text``, ``source_text`` and ``edition_text`` are what was typed and is not yet a
    topic or a document of the bank.
    """

    topic_id: int | None = None
    difficulty: str = ""
    source_id: int | None = None
    clause: str = ""
    verified_on: date | None = None
    valid_until: date | None = None
    is_long_term: bool = False
    workplace: str = ""
    author: str = ""
    topic_text: str = ""
    source_text: str = ""
    edition_text: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON can hold."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class Wording:
    """A draft with its passport."""

    draft: Draft
    passport: Passport = field(default_factory=Passport)


EMPTY_OPTIONS = {"single": 4, "multiple": 4, "ordering": 4, "true_false": 2}


def empty_draft(kind: str) -> Draft:
    """Return a draft with as many empty rows as an author of this kind begins with."""
    options = (DraftOption(""),) * EMPTY_OPTIONS.get(kind, 0)
    match kind:
        case "cloze":
            return Draft(kind, blanks=(DraftBlank(),))
        case "numeric":
            return Draft(kind, spans=(Span("", ""),))
        case "matching":
            return Draft(kind, pairs=(("", ""),) * 3)
        case "case":
            return Draft(kind, parts=(empty_draft("single"),))
        case "essay":
            return Draft(kind, rubric=(Criterion("", 2.0),) * 2)
        case "hotspot":
            return Draft(kind, zones=(Zone("rect", ()),) * 2)
    return Draft(kind, options=options)


def dump(wording: Wording) -> str:
    """Return the JSON that a draft row keeps."""
    content = {"draft": draft_to_dict(wording.draft), "passport": wording.passport.to_dict()}
    return json.dumps(content, ensure_ascii=False)


def load(content: str) -> Wording:
    """Return what a draft row keeps; what is missing or broken is left empty."""
    kept = json.loads(content)
    papers = kept.get("passport") if isinstance(kept.get("passport"), dict) else {}
    return Wording(draft_from_dict(kept.get("draft") or {}), _passport(papers))


def _passport(papers: dict[str, Any]) -> Passport:
    valid_until = _day(papers.get("valid_until"))
    return Passport(
        topic_id=_id(papers.get("topic_id")),
        source_id=_id(papers.get("source_id")),
        verified_on=_day(papers.get("verified_on")),
        valid_until=valid_until,
        is_long_term=papers.get("is_long_term") is True and valid_until is None,
        **{
            name: str(papers.get(name) or "")
            for name in (
                "difficulty",
                "clause",
                "workplace",
                "author",
                "topic_text",
                "source_text",
                "edition_text",
            )
        },
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def _id(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def of_version(item: Item, version: ItemVersion) -> Wording:
    """Return a version of an item as a wording that can be edited."""
    return Wording(
        draft_of(from_payload(json.loads(version.payload))),
        Passport(
            topic_id=item.topic_id,
            difficulty=version.difficulty,
            source_id=item.source_id,
            clause=version.clause,
            verified_on=version.verified_on,
            valid_until=version.valid_until,
            is_long_term=version.valid_until is None,
            workplace=version.workplace,
            author=version.author,
        ),
    )


def newest(item: Item, draft: ItemDraft | None, version: ItemVersion | None) -> Wording:
    """Return the newest wording of an item: of its draft, else of its last version."""
    if draft is not None:
        return load(draft.content)
    if version is not None:
        return of_version(item, version)
    return Wording(Draft(kind=item.kind or "single"))
