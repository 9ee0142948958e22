"""Writing a pack: the text that `read` turns into an equal pack."""

import json
import re
from collections.abc import Mapping
from datetime import date

from question_bank.formats.pack.model import FORMAT, Pack, PackItem, PackSource
from question_bank.items import Choice
from question_bank.items.options import LETTERS

Value = str | bool | int | date | list[str]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def write(pack: Pack) -> str:
    """Return the pack as text, items and sources in their order, lines ending in a line feed.

    Control characters are written as escapes, so the text is always one that an editor can open;
    `read` refuses them in its turn. Option ids are not written: they follow from the item's id and
    the text.
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
    return f"[sources.{slug}]\n" + _lines(
        {
            "title": source.title,
            "short": source.short,
            "edition": source.edition,
            "url": source.url,
            "articles": source.articles,
        }
    )


def _item(packed: PackItem) -> str:
    values: dict[str, Value] = {
        "id": packed.uid,
        "type": packed.item.kind,
        "topic": packed.topic,
        "difficulty": packed.difficulty,
        "stem": packed.item.stem,
        **_answers(packed),
        "explanation": packed.item.explanation,
        "source": packed.source.slug,
        "clause": packed.clause,
        "verified_on": packed.verified_on,
        "valid_until": packed.valid_until,
        "workplace": packed.workplace,
    }
    return "[[item]]\n" + _lines(values)


def _answers(packed: PackItem) -> dict[str, Value]:
    """Return the fields that differ from kind to kind; those at their default are left out."""
    item = packed.item
    if not isinstance(item, Choice):
        return {"key": item.key}
    letters = (
        letter
        for letter, option in zip(LETTERS, item.options, strict=False)
        if option.id in item.key
    )
    values: dict[str, Value] = {
        "options": [option.text for option in item.options],
        "key": "".join(letters),
    }
    if item.is_fixed:
        values["fixed"] = True
    if item.scoring != "all_or_nothing":
        values["scoring"] = item.scoring
    return values


def _lines(values: Mapping[str, Value]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in values.items())


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        # One option a line: a change of one option is one line of the difference.
        return "[\n" + "".join(f"    {_text(text)},\n" for text in value) + "]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    """Return a TOML basic string. JSON's escapes are a part of TOML's, once DEL is escaped too."""
    escaped = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    # Half a surrogate pair has no UTF-8; as an escape the reader can refuse it and name its line.
    return re.sub(r"[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", escaped)
