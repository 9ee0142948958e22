"""The fields of a pack, of a source and of an item: which there are, and what each may hold."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from question_bank.formats.problems import Param, Problem, Where, problem

Expected = Literal["text", "list of texts", "whole number", "true or false", "date", "table"]

# Names come from the file too: a report does not repeat one that fills a page.
_MAX_NAME = 60
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_URL = re.compile(r"https?://[^\s]+")
# Marks that hide inside a line: they turn its direction around, or make two equal texts differ.
_HIDDEN = frozenset(
    "\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold. `limit` counts characters of a text, or of each text in a list."""

    expected: Expected = "text"
    limit: int = 200
    allowed: tuple[str, ...] = ()
    pattern: tuple[re.Pattern[str], str] | None = None
    is_required: bool = True


PACK_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "format": Field(),
        "theme": Field(limit=40, pattern=(_SLUG, "field.slug")),
        "title": Field(limit=40),
        "language": Field(limit=35, pattern=(_LANGUAGE, "field.language")),
        "licence": Field(),
        "author": Field(),
        "sources": Field("table"),
    }
)

SOURCE_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "title": Field(),
        "short": Field(limit=60),
        "edition": Field(),
        "url": Field(limit=500, pattern=(_URL, "field.url")),
        "articles": Field("whole number"),
    }
)

_EVERY_ITEM: dict[str, Field] = {
    "id": Field(limit=64),
    "type": Field(allowed=("single", "multiple", "true_false")),
    "topic": Field(limit=40),
    "difficulty": Field(allowed=("easy", "medium", "hard")),
    "stem": Field(limit=2000),
    "explanation": Field(limit=2000),
    "source": Field(),
    "clause": Field(),
    "verified_on": Field("date"),
    "valid_until": Field("date"),
    "workplace": Field(limit=500),
}
_SINGLE = _EVERY_ITEM | {
    "options": Field("list of texts", limit=500),
    "key": Field(limit=26),
    "fixed": Field("true or false", is_required=False),
}
_MULTIPLE = _SINGLE | {
    "scoring": Field(allowed=("all_or_nothing", "partial"), is_required=False),
}
_TRUE_FALSE = _EVERY_ITEM | {"key": Field("true or false")}

ITEM_FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {"single": _SINGLE, "multiple": _MULTIPLE, "true_false": _TRUE_FALSE}
)


@dataclass(slots=True)
class Report:
    """Problems that share a place."""

    where: Where
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, **params: Param) -> None:
        """Add a problem of this place."""
        self.problems.append(problem(code, self.where, **params))


def checked(
    table: Mapping[str, Any], fields: Mapping[str, Field], report: Report, prefix: str = ""
) -> dict[str, Any]:
    """Return the values that are as their fields want them; report the others and the missing."""
    values: dict[str, Any] = {}
    for name, wanted in fields.items():
        if name not in table:
            if wanted.is_required:
                report.add("field.missing", field=prefix + name)
        elif _is_right(table[name], wanted, report, prefix + name):
            values[name] = table[name]
    return values


def item_fields(table: Mapping[str, Any], report: Report) -> Mapping[str, Field]:
    """Return the fields an item of this type has; report those it should not have.

    An item whose type is not known is held to the fields that every item has.
    """
    kind = table.get("type")
    fields = ITEM_FIELDS.get(kind, _EVERY_ITEM) if isinstance(kind, str) else _EVERY_ITEM
    for name in table:
        if not any(name in some for some in ITEM_FIELDS.values()):
            report.add("field.unknown", field=name[:_MAX_NAME])
        elif fields is not _EVERY_ITEM and name not in fields:
            report.add("field.not_for_type", field=name, type=str(kind))
    return fields


def report_unknown(
    table: Mapping[str, Any], fields: Mapping[str, Field], report: Report, prefix: str = ""
) -> None:
    """Report the fields that a pack or a source should not have."""
    for name in table:
        if name not in fields:
            report.add("field.unknown", field=prefix + name[:_MAX_NAME])


def _is_right(value: Any, wanted: Field, report: Report, name: str) -> bool:
    found = _type_of(value)
    if found != wanted.expected:
        report.add("field.type", field=name, expected=wanted.expected, found=found)
        return False
    if wanted.expected == "text":
        return _is_right_text(value, wanted, report, name)
    if wanted.expected == "list of texts":
        # Every text is looked at, so that one round of mending is enough.
        places = enumerate(value, start=1)
        verdicts = [_is_right_text(text, wanted, report, f"{name}[{n}]") for n, text in places]
        return all(verdicts)
    if wanted.expected == "whole number" and value < 0:
        report.add("field.too_small", field=name, found=value, least=0)
        return False
    return True


def _is_right_text(value: str, wanted: Field, report: Report, name: str) -> bool:
    before = len(report.problems)
    if not value.strip():
        report.add("field.empty", field=name)
    elif value != value.strip():
        report.add("field.whitespace", field=name)
    elif hidden := next((c for c in value if _is_control(c)), None):
        report.add("field.control", field=name, character=f"U+{ord(hidden):04X}")
    elif len(value) > wanted.limit:
        report.add("field.too_long", field=name, length=len(value), limit=wanted.limit)
    elif wanted.allowed and value not in wanted.allowed:
        report.add("field.value", field=name, found=value, allowed=", ".join(wanted.allowed))
    elif wanted.pattern and not wanted.pattern[0].fullmatch(value):
        report.add(wanted.pattern[1], field=name, found=value[:_MAX_NAME])
    return len(report.problems) == before


def _is_control(character: str) -> bool:
    """Tell whether a character has no place in a text for people: line breaks and tabs have."""
    if character in "\n\t":
        return False
    return character in _HIDDEN or unicodedata.category(character) in ("Cc", "Cs")


def _type_of(value: Any) -> str:
    """Name the type of a TOML value in the words of `Expected`, or in TOML's own."""
    if isinstance(value, list):
        return "list of texts" if all(isinstance(v, str) for v in value) else "list"
    # The order matters: a boolean is an int, and a point in time is a date, to Python.
    names: tuple[tuple[type, str], ...] = (
        (str, "text"),
        (bool, "true or false"),
        (int, "whole number"),
        (float, "number"),
        (datetime, "date with a time"),
        (date, "date"),
        (dict, "table"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "time")
