"""The fields of a pack, of a source and of an item: which there are, and what each may hold."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from question_bank.formats.problems import Param, Problem, Where, problem

Expected = Literal[
    "text",
    "list of texts",
    "list of numbers",
    "list",
    "number",
    "whole number",
    "true or false",
    "date",
    "table",
]

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
    """What a field may hold. `limit` counts characters of a text, or of each text in a list.

    `may_be_blank` lets texts of a list be empty. What a "list" holds is read by `answers`.
    """

    expected: Expected = "text"
    limit: int = 200
    allowed: tuple[str, ...] = ()
    pattern: tuple[re.Pattern[str], str] | None = None
    is_required: bool = True
    may_be_blank: bool = False


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
        "edition": Field(is_required=False),
        "url": Field(limit=500, pattern=(_URL, "field.url"), is_required=False),
        "articles": Field("whole number"),
    }
)

_TYPES = (
    "single",
    "multiple",
    "true_false",
    "cloze",
    "numeric",
    "ordering",
    "matching",
    "case",
    "essay",
)
_EVERY_PART: dict[str, Field] = {
    "type": Field(allowed=tuple(name for name in _TYPES if name != "case")),
    "stem": Field(limit=2000),
    "explanation": Field(limit=2000, is_required=False),
}
_EVERY_ITEM: dict[str, Field] = {
    "id": Field(limit=64),
    "type": Field(allowed=_TYPES),
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
_OPTIONS = {"options": Field("list of texts", limit=500)}
_FEEDBACK = {
    "feedback": Field("list of texts", limit=500, is_required=False, may_be_blank=True),
}
_SINGLE = _OPTIONS | {
    "key": Field(limit=26),
    "fixed": Field("true or false", is_required=False),
    "weights": Field("list of numbers", is_required=False),
    **_FEEDBACK,
}


def _scoring(*allowed: str) -> dict[str, Field]:
    return {"scoring": Field(allowed=allowed, is_required=False)}


# The fields in which an answer is written down, type by type.
_ANSWERS: dict[str, dict[str, Field]] = {
    "single": _SINGLE,
    "multiple": _SINGLE | _scoring("all_or_nothing", "partial", "corrected"),
    "true_false": {"key": Field("true or false"), **_FEEDBACK},
    "cloze": {
        "answers": Field("list", limit=500),
        "exact": Field("true or false", is_required=False),
    },
    "numeric": {
        "answer": Field(limit=64, is_required=False),
        "tolerance": Field(limit=64, is_required=False),
        "spans": Field("list", limit=64, is_required=False),
        "unit": Field(limit=40, is_required=False),
    },
    "ordering": _OPTIONS | _scoring("all_or_nothing", "partial"),
    "matching": {
        "pairs": Field("list", limit=500),
        "extras": Field("list of texts", limit=500, is_required=False),
        **_scoring("partial", "all_or_nothing"),
    },
    "case": {"part": Field("list")},
    "essay": {
        "rubric": Field("list", limit=500),
        "sample": Field(limit=4000, is_required=False),
    },
}

ITEM_FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {name: _EVERY_ITEM | fields for name, fields in _ANSWERS.items()}
)
PART_FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {name: _EVERY_PART | fields for name, fields in _ANSWERS.items() if name != "case"}
)


@dataclass(slots=True)
class Report:
    """Problems that share a place."""

    where: Where
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, **params: Param) -> None:
        """Add a problem of this place."""
        self.problems.append(problem(code, self.where, **params))

    @property
    def is_broken(self) -> bool:
        """Tell whether a problem stands in the way of an item."""
        return any(found.severity in ("error", "decision") for found in self.problems)


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
    return _fields(table, ITEM_FIELDS, _EVERY_ITEM, report, "")


def part_fields(table: Mapping[str, Any], report: Report, prefix: str) -> Mapping[str, Field]:
    """Return the fields a part of a case has by its type; report those it should not have."""
    return _fields(table, PART_FIELDS, _EVERY_PART, report, prefix)


def _fields(
    table: Mapping[str, Any],
    by_type: Mapping[str, Mapping[str, Field]],
    otherwise: Mapping[str, Field],
    report: Report,
    prefix: str,
) -> Mapping[str, Field]:
    kind = table.get("type")
    fields = by_type.get(kind, otherwise) if isinstance(kind, str) else otherwise
    for name in table:
        if not any(name in some for some in by_type.values()):
            report.add("field.unknown", field=prefix + name[:_MAX_NAME])
        elif fields is not otherwise and name not in fields:
            report.add("field.not_for_type", field=prefix + name, type=str(kind))
    return fields


def report_unknown(
    table: Mapping[str, Any], fields: Mapping[str, Field], report: Report, prefix: str = ""
) -> None:
    """Report the fields that a pack or a source should not have."""
    for name in table:
        if name not in fields:
            report.add("field.unknown", field=prefix + name[:_MAX_NAME])


def is_text(value: Any, limit: int, report: Report, name: str) -> bool:
    """Tell whether a value is a text of at most `limit` characters; report it when it is not."""
    return _is_right(value, Field(limit=limit), report, name)


def is_number(value: Any, report: Report, name: str) -> bool:
    """Tell whether a value is a number, whole or not; report it when it is none."""
    return _is_right(value, Field("number"), report, name)


def _is_right(value: Any, wanted: Field, report: Report, name: str) -> bool:
    found = _type_of(value)
    if found not in _FITTING.get(wanted.expected, (wanted.expected,)):
        report.add("field.type", field=name, expected=wanted.expected, found=found)
        return False
    if wanted.expected == "text":
        return _is_right_text(value, wanted, report, name)
    if wanted.expected == "list of texts":
        # Every text is looked at, so that one round of mending is enough.
        places = enumerate(value, start=1)
        verdicts = [
            (wanted.may_be_blank and not text)
            or _is_right_text(text, wanted, report, f"{name}[{n}]")
            for n, text in places
        ]
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


# What else is taken where a type is expected.
_FITTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "list": ("list", "list of texts", "list of numbers"),
        "number": ("number", "whole number"),
    }
)


def _type_of(value: Any) -> str:
    """Name the type of a TOML value in the words of `Expected`, or in TOML's own."""
    if isinstance(value, list):
        if all(isinstance(v, str) for v in value):
            return "list of texts"
        is_numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
        return "list of numbers" if is_numeric else "list"
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
