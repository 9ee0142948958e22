"""Looking through a workbook before its reader opens it: far-away cells, floods of strings.

The reader of workbooks lays a sheet out as one full rectangle up to its farthest cell: two cells
are enough to ask for a terabyte. So every part is unpacked here first and its cells are placed.
"""

from typing import Any
from xml.parsers import expat  # nosec B406

from question_bank.formats.archives import ArchiveError, unpack

# Things that the reader of workbooks keeps one by one, and more of them than any table has.
_AT_MOST = {"mergeCell": 100_000, "si": 2_000_000}
_DIGITS = "0123456789"


def check_workbook(data: bytes, max_rows: int, max_columns: int) -> None:
    """Raise ArchiveError when `data` is no workbook, is locked, or could do harm when opened.

    Cells that hold something may lie in the first `max_rows` rows and `max_columns` columns.
    """
    has_book = False
    for name, content in unpack(data, may_nest=True):
        has_book = has_book or name.casefold() == "xl/workbook.xml"
        if name.casefold().endswith((".xml", ".rels")):
            _SheetLimits(max_rows, max_columns).check(content)
    if not has_book:
        raise ArchiveError("file.archive_damaged")


class _SheetLimits:
    """Reads one part as XML, without keeping it, and refuses cells that lie too far away.

    Only cells that hold something count: an empty one with a colour costs the reader nothing. A
    document type stops the parser before any entity is expanded.
    """

    def __init__(self, max_rows: int, max_columns: int) -> None:
        self._max_rows = max_rows
        self._max_columns = max_columns
        self._row = self._column = 0  # where the cell being read lies, from 1
        self._columns: dict[str, int] = {}
        self._seen = dict.fromkeys(_AT_MOST, 0)

    def check(self, content: bytes) -> None:
        """Raise ArchiveError for what is no XML, declares a document type, or is too large."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError):
            raise ArchiveError("file.archive_damaged") from None

    def _refuse(self, *_about: Any) -> None:
        raise ArchiveError("file.xml_doctype")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._place(attributes.get("r"))
        elif name in ("v", "is"):
            if self._row > self._max_rows:
                raise ArchiveError("file.sheet_rows", limit=self._max_rows)
            if self._column > self._max_columns:
                raise ArchiveError("file.sheet_columns", limit=self._max_columns)
        elif name == "row":
            number = attributes.get("r")
            self._row = int(number) if number else self._row + 1
            self._column = 0
        elif name == "Relationship":
            self._check_target(attributes)
        elif name in _AT_MOST:
            self._seen[name] += 1
            if self._seen[name] > _AT_MOST[name]:
                raise ArchiveError("file.archive_unpacked")

    def _place(self, reference: str | None) -> None:
        if not reference:
            self._column += 1
            return
        letters = reference.rstrip(_DIGITS)
        if letters not in self._columns:
            self._columns[letters] = _column_number(letters)
        self._column = self._columns[letters]
        self._row = int(reference[len(letters) :] or 0)

    def _check_target(self, attributes: dict[str, str]) -> None:
        """Refuse a sheet whose part has an ending that would not have been looked through."""
        is_sheet = attributes.get("Type", "").casefold().endswith("sheet")
        if is_sheet and not attributes.get("Target", "").casefold().endswith(".xml"):
            raise ArchiveError("file.archive_damaged")


def _column_number(letters: str) -> int:
    """Return the number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
