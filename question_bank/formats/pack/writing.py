"""Writing a pack: the text that `read` turns into an equal pack."""

import json
import re
from collections.abc import Mapping
from datetime import date

from question_bank.formats.pack.model import FORMAT, Pack, PackItem, PackSource
from question_bank.formats.pack.written import Value, answers_of
from question_bank.items import Case, Part

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def write(pack: Pack) -> str:
    """Return the pack as text, items and sources in their order, lines ending in a line feed.

    Control characters are written as escapes, so the text is always one that an editor can open;
    `read` refuses them in its turn. Option ids are not written: they follow from the item's id and
    the text. Raises ValueError for an item that a pack cannot carry: see `cannot_carry`.
    """
    head = {
        "format": FORMAT,
        "theme": pack.theme,
        "title": pack.title,
        "language": pack.language,
        "licence": pack.licence,
        "author": pack.author,
    }
    blocks = [
        _lines(head),
        *(_source(source) for source in pack.sources),
        *(_item(item) for item in pack.items),
    ]
    return "\n".join(blocks)


def _source(source: PackSource) -> str:
    slug = source.slug if _BARE_KEY.fullmatch(source.slug) else _text(source.slug)
    values: dict[str, Value] = {
        "title": source.title,
        "short": source.short,
        "edition": source.edition,
        "url": source.url,
        "articles": source.articles,
    }
    known = {name: value for name, value in values.items() if value != ""}
    return f"[sources.{slug}]\n" + _lines(known)


def _item(packed: PackItem) -> str:
    values: dict[str, Value] = {
        "id": packed.uid,
        "type": packed.item.kind,
        "topic": packed.topic,
        "difficulty": packed.difficulty,
        "stem": packed.item.stem,
        **answers_of(packed.item, packed.uid),
        "explanation": packed.item.explanation,
        "source": packed.source.slug,
        "clause": packed.clause,
        "verified_on": packed.verified_on,
        "valid_until": packed.valid_until,
        "workplace": packed.workplace,
    }
    parts = packed.item.parts if isinstance(packed.item, Case) else ()
    return "\n".join(["[[item]]\n" + _lines(values), *(_part(p, packed.uid) for p in parts)])


def _part(part: Part, uid: str) -> str:
    """Write a part of a case; its tables have to stand behind all fields of the item."""
    values: dict[str, Value] = {"type": part.kind, "stem": part.stem, **answers_of(part, uid)}
    if part.explanation:
        values["explanation"] = part.explanation
    return "[[item.part]]\n" + _lines(values)


def _lines(values: Mapping[str, Value]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in values.items())


def _value(value: Value) -> str:
    if isinstance(value, list) and value:
        # One entry a line: a change of one option is one line of the difference.
        return "[\n" + "".join(f"    {_inline(one)},\n" for one in value) + "]"
    return _inline(value)


def _inline(value: Value) -> str:
    """Return a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_inline(one)}" for name, one in value.items()) + " }"
    return _number(value) if isinstance(value, int | float) else _text(str(value))


def _number(value: float) -> str:
    """Return a number without the point that a whole one does not need."""
    return str(int(value)) if value == int(value) else repr(value)


def _text(value: str) -> str:
    """Return a TOML basic string. JSON's escapes are a part of TOML's, once DEL is escaped too."""
    escaped = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    # Half a surrogate pair has no UTF-8; as an escape the reader can refuse it and name its line.
    return re.sub(r"[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", escaped)
