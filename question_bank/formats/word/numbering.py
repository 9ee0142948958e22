"""Automatic numbering: which list a paragraph is in, and the label that Word would show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.word.elements import attribute, child, children, value_of
from question_bank.formats.word.numerals import written

_PLACE = re.compile(r"%([1-9])")
_MAX_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its first number, the format of its numbers, and the label's text."""

    start: int = 1
    format_name: str = "decimal"
    text: str = "%1."


@dataclass(frozen=True, slots=True)
class Label:
    """The automatic number of a paragraph: its list and level, the number, and what Word shows."""

    list_id: str
    level: int
    number: int
    format_name: str
    shown: str


@dataclass(slots=True)
class _List:
    """A list in use: its levels, and the numbers reached in each."""

    levels: dict[int, Level] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document; it counts while the document is read from its top."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._nums: dict[str, str] = {}
        self._overrides: dict[str, dict[int, Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, _List] = {}
        self._begun: set[tuple[str, int]] = set()
        self._of_style = _style_lists(styles)
        if numbering is not None:
            self._load(numbering)

    def _load(self, numbering: Element) -> None:
        for one in children(numbering, "abstractNum"):
            levels = {int(attribute(lvl, "ilvl") or 0): _level(lvl) for lvl in children(one, "lvl")}
            self._abstract[attribute(one, "abstractNumId")] = levels
        for num in children(numbering, "num"):
            num_id = attribute(num, "numId")
            self._nums[num_id] = value_of(num, "abstractNumId")
            for override in children(num, "lvlOverride"):
                level = _number(attribute(override, "ilvl"), 0)
                start = value_of(override, "startOverride")
                if start:
                    self._starts.setdefault(num_id, {})[level] = _number(start, 1)
                lvl = child(override, "lvl")
                if lvl is not None:
                    self._overrides.setdefault(num_id, {})[level] = _level(lvl)

    def label(self, properties: Element | None) -> Label | None:
        """Return the label of the next paragraph by its properties; None when it has no number."""
        place = self._place(properties)
        if place is None:
            return None
        num_id, level = place
        abstract = self._nums.get(num_id)
        if abstract is None or num_id == "0":
            return None
        levels = {**self._abstract.get(abstract, {}), **self._overrides.get(num_id, {})}
        counted = self._counts.setdefault(abstract, _List())
        described = levels.get(level, Level())
        self._restart(num_id, level, counted)
        number = counted.reached.get(level, described.start - 1) + 1
        counted.reached[level] = number
        for deeper in [one for one in counted.reached if one > level]:
            del counted.reached[deeper]
        return Label(num_id, level, number, described.format_name, _shown(levels, counted, level))

    def _restart(self, num_id: str, level: int, counted: _List) -> None:
        """Begin again where a list of its own says with which number it starts."""
        start = self._starts.get(num_id, {}).get(level)
        if start is not None and (num_id, level) not in self._begun:
            counted.reached[level] = start - 1
        self._begun.add((num_id, level))

    def _place(self, properties: Element | None) -> tuple[str, int] | None:
        """Return the list and level of a paragraph, its own or those of its style."""
        numbered = child(properties, "numPr") if properties is not None else None
        style = value_of(properties, "pStyle") if properties is not None else ""
        inherited = self._of_style.get(style)
        if numbered is None:
            return inherited
        num_id = value_of(numbered, "numId") or (inherited[0] if inherited else "")
        level = _number(value_of(numbered, "ilvl"), inherited[1] if inherited else 0)
        return (num_id, min(level, _MAX_LEVELS - 1)) if num_id else None


def _shown(levels: Mapping[int, Level], counted: _List, level: int) -> str:
    described = levels.get(level, Level())

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        inner = levels.get(place, Level())
        return written(counted.reached.get(place, inner.start), inner.format_name)

    return _PLACE.sub(number, described.text)


def _level(lvl: Element) -> Level:
    form = child(lvl, "numFmt")
    return Level(
        _number(value_of(lvl, "start"), 1),
        value_of(lvl, "numFmt") if form is not None else "decimal",
        value_of(lvl, "lvlText"),
    )


def _number(text: str, default: int) -> int:
    try:
        return int(text)
    except ValueError:
        return default


def heading_styles(styles: Element | None) -> frozenset[str]:
    """Return the styles of headings: those with an outline level, or a name that says so."""
    found = set()
    for style in children(styles, "style") if styles is not None else ():
        properties = child(style, "pPr")
        has_level = properties is not None and value_of(properties, "outlineLvl").isdigit()
        is_named = value_of(style, "name").casefold().startswith(("heading", "标题"))
        if has_level or is_named:
            found.add(attribute(style, "styleId"))
    return frozenset(found)


def _style_lists(styles: Element | None) -> dict[str, tuple[str, int]]:
    """Return the list and level that each style puts its paragraphs in, bases included."""
    own: dict[str, tuple[str, int]] = {}
    bases: dict[str, str] = {}
    for style in children(styles, "style") if styles is not None else ():
        name = attribute(style, "styleId")
        bases[name] = value_of(style, "basedOn")
        properties = child(style, "pPr")
        numbered = child(properties, "numPr") if properties is not None else None
        if numbered is not None and value_of(numbered, "numId"):
            own[name] = (value_of(numbered, "numId"), _number(value_of(numbered, "ilvl"), 0))
    found = dict(own)
    for name in bases:
        base, steps = bases[name], 0
        while name not in found and base and steps < 20:
            if base in own:
                found[name] = own[base]
            base, steps = bases.get(base, ""), steps + 1
    return found
