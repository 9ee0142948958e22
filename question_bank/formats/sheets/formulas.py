"""Formulas in a workbook: which cells hold one, and whether its result is stored.

They are never computed. The reader of workbooks gives the stored result and says nothing of the
formula, and an empty text where there is no result; so the cells are looked through here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # nosec B405
from xml.parsers import expat  # nosec B406

from question_bank.formats.problems import Problem
from question_bank.formats.safe_xml import parse

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell with a formula: the formula, its stored result, and whether that is an error."""

    formula: str
    result: str
    is_error: bool


def formulas_by_sheet(parts: Mapping[str, bytes]) -> dict[str, dict[str, Formula]]:
    """Return the cells with formulas of each sheet, by the names of sheets and cells.

    `parts` are the files of a workbook whose XML was looked through before.
    """
    found = {}
    for name, part in _sheet_parts(parts).items():
        content = parts.get(part, b"")
        if b"<f" in content or b":f" in content or b't="e"' in content:
            found[name] = _Formulas().read(content)
    return found


def _sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    book = parse(parts.get("xl/workbook.xml", b""))
    relations = parse(parts.get("xl/_rels/workbook.xml.rels", b""))
    if isinstance(book, Problem) or isinstance(relations, Problem):
        return {}
    targets = {one.get("Id", ""): _part(one.get("Target", "")) for one in relations}
    return {
        sheet.get("name", ""): targets.get(_relation(sheet), "")
        for sheet in book.iter()
        if sheet.tag.rpartition("}")[2] == "sheet"
    }


def _relation(sheet: Element) -> str:
    named = (value for key, value in sheet.attrib.items() if key.rpartition("}")[2] == "id")
    return sheet.get(_RELATION) or next(named, "")


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


class _Formulas:
    """Collects the cells of one sheet that hold a formula or an error."""

    def __init__(self) -> None:
        self._found: dict[str, Formula] = {}
        self._cell = ""
        self._is_error = False
        self._has_formula = False
        self._texts: dict[str, list[str]] = {"f": [], "v": []}
        self._inside = ""

    def read(self, content: bytes) -> dict[str, Formula]:
        """Return the formulas by the names of their cells."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(content, True)
        return self._found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell = attributes.get("r", "")
            self._is_error = attributes.get("t") == "e"
            self._has_formula = False
            self._texts = {"f": [], "v": []}
        elif name in self._texts:
            self._inside = name
            self._has_formula = self._has_formula or name == "f"

    def _characters(self, text: str) -> None:
        if self._inside:
            self._texts[self._inside].append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in self._texts:
            self._inside = ""
        elif name == "c" and (self._has_formula or self._is_error):
            formula, result = ("".join(self._texts[part]) for part in ("f", "v"))
            self._found[self._cell] = Formula(f"={formula}", result, self._is_error)
