"""Drafts as values that JSON can hold, and back: how a draft is kept between two edits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)
from question_bank.items.media import MEDIA_KINDS, Media

T = TypeVar("T")
MAX_DEPTH = 2  # a case holds parts, and a part holds none


def draft_to_dict(draft: Draft) -> dict[str, Any]:
    """Return a draft as values that JSON can hold, without the fields at their default.

    `draft_from_dict` reverses it.
    """
    found: dict[str, Any] = _plain(draft)
    return found


def _plain(value: Any) -> Any:
    """Turn dataclasses into dicts and tuples into lists, all the way down."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    return {
        field.name: _plain(getattr(value, field.name))
        for field in fields(value)
        if field.default is MISSING or getattr(value, field.name) != field.default
    }


def draft_from_dict(content: Mapping[str, Any]) -> Draft:
    """Return the draft that `draft_to_dict` described.

    Fields that are missing, unknown or of the wrong type are left at their default: what an older
    release or a careless program stored still opens on the desk.
    """
    return _draft(content, MAX_DEPTH)


def _draft(content: Mapping[str, Any], depth: int) -> Draft:
    parts = _each(content, "parts", lambda part: _draft(part, depth - 1)) if depth > 1 else ()
    return Draft(
        kind=_text(content, "kind"),
        stem=_text(content, "stem"),
        explanation=_text(content, "explanation"),
        options=_each(content, "options", _option),
        is_fixed=content.get("is_fixed") is True,
        scoring=_text(content, "scoring"),
        is_true=_flag(content, "is_true"),
        blanks=_each(content, "blanks", _blank),
        spans=_each(content, "spans", _span),
        unit=_text(content, "unit"),
        pairs=_pairs(content),
        extras=tuple(one for one in _list(content, "extras") if isinstance(one, str)),
        parts=parts,
        rubric=_each(content, "rubric", _criterion),
        sample=_text(content, "sample"),
        image=_text(content, "image"),
        zones=_each(content, "zones", _zone),
        media=tuple(
            one for one in _each(content, "media", _media_or_none) if isinstance(one, Media)
        ),
    )


def _option(content: Mapping[str, Any]) -> DraftOption:
    return DraftOption(
        text=_text(content, "text"),
        is_right=content.get("is_right") is True,
        weight=_number(content, "weight", None),
        feedback=_text(content, "feedback"),
        image=_text(content, "image"),
    )


def _blank(content: Mapping[str, Any]) -> DraftBlank:
    return DraftBlank(
        accepted=_each(
            content, "accepted", lambda one: Accepted(_text(one, "text"), _float(one, "credit"))
        ),
        spans=_each(content, "spans", _span),
        options=_each(content, "options", _option),
        weight=_float(content, "weight"),
        is_exact=content.get("is_exact") is True,
    )


def _span(content: Mapping[str, Any]) -> Span:
    return Span(_text(content, "low"), _text(content, "high"), _float(content, "credit"))


def _criterion(content: Mapping[str, Any]) -> Criterion:
    return Criterion(_text(content, "text"), _float(content, "points", 0.0))


def _zone(content: Mapping[str, Any]) -> Zone:
    coords = _list(content, "coords")
    return Zone(
        shape=_text(content, "shape"),
        coords=tuple(one for one in coords if isinstance(one, int) and not isinstance(one, bool)),
        label=_text(content, "label"),
        is_right=content.get("is_right") is True,
    )


def _media_or_none(content: Mapping[str, Any]) -> Media | None:
    ref, kind = _text(content, "ref"), content.get("kind")
    if not ref or kind not in MEDIA_KINDS:
        return None
    return Media(ref, kind, _text(content, "alt"), _text(content, "captions"))


def _pairs(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (pair[0], pair[1])
        for pair in _list(content, "pairs")
        if isinstance(pair, (list, tuple))
        and len(pair) == 2
        and all(isinstance(side, str) for side in pair)
    )


def _each(
    content: Mapping[str, Any], name: str, build: Callable[[Mapping[str, Any]], T]
) -> tuple[T, ...]:
    return tuple(build(one) for one in _list(content, name) if isinstance(one, Mapping))


def _list(content: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = content.get(name)
    return found if isinstance(found, (list, tuple)) else ()


def _text(content: Mapping[str, Any], name: str) -> str:
    found = content.get(name)
    return found if isinstance(found, str) else ""


def _flag(content: Mapping[str, Any], name: str) -> bool | None:
    found = content.get(name)
    return found if isinstance(found, bool) else None


def _number(content: Mapping[str, Any], name: str, otherwise: float | None) -> float | None:
    found = content.get(name)
    is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
    return float(found) if is_number and found is not None else otherwise


def _float(content: Mapping[str, Any], name: str, otherwise: float = 1.0) -> float:
    found = _number(content, name, otherwise)
    return otherwise if found is None else found
