"""From the bytes of a file to rows with named fields: xlsx, CSV and tab-separated text.

Nothing here knows what the database holds; ``checking`` judges what the rows say.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Any

import python_calamine as calamine
from flask_babel import gettext as _

from quizapp.core.forms import Refusal

from .archive import (
    HEADER_WITHIN,
    MAX_COLUMNS,
    MAX_ROWS,
    check_workbook,
    damaged,
    too_many_columns,
    too_many_rows,
)
from .cells import cell_text
from .findings import WHOLE_FILE, Findings, Line, Message, shown
from .headers import PEOPLE, UNITS, Header, find_header, missing_column

MAX_BYTES = 20 * 1024 * 1024
TEXT_ENDINGS = (".csv", ".tsv", ".txt")

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and a workbook with a password, which hides in one
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: text by field, blank fields left out; ``flaws`` names unreadable ones."""

    line: Line
    values: Mapping[str, str]
    flaws: Mapping[str, str]

    def text(self, field: str) -> str:
        """Return the text of a field; empty when the cell is blank or there is no such column."""
        return self.values.get(field, "")


@dataclass(frozen=True)
class Table:
    """What a file says: people, units when it has a sheet of them, and notes about the reading.

    ``headers`` gives the row of column names, by what a line calls its sheet.
    """

    filename: str
    digest: str  # SHA-256 of the bytes, for the log
    people: tuple[Row, ...]
    units: tuple[Row, ...]
    has_units: bool
    notes: tuple[Message, ...]
    headers: Mapping[str, Header]

    def __len__(self) -> int:
        """Count the lines that say something."""
        return len(self.people) + len(self.units)

    def cell(self, line: Line, field_name: str) -> str:
        """Return a cell as spreadsheets call it (F12); empty when there is no such column."""
        header = self.headers.get(line.sheet)
        if header is None or field_name not in header.columns:
            return ""
        return f"{_letters(header.columns[field_name])}{line.number}"


@dataclass(frozen=True)
class _Sheet:
    name: str
    rows: list[Sequence[Any]]


def read_table(data: bytes, filename: str) -> Table:
    """Return what a roster says.

    Text may be UTF-8, UTF-16 with a byte order mark, or GB18030. Raises Refusal for a file that is
    too large, is none of these, or has no row of column names.
    """
    if not data:
        raise Refusal(_("This file is empty."), status=422)
    if len(data) > MAX_BYTES:
        raise Refusal(_("A roster may have at most 20 MB."), status=413)
    findings = Findings()
    if _is_workbook(data, filename):
        check_workbook(data)
        sheets = _workbook_sheets(data, findings)
    else:
        sheets = iter([_Sheet("", _text_rows(data))])
    return _collect(sheets, filename, data, findings)


def read_grid(data: bytes, filename: str) -> list[Sequence[Any]]:
    """Return the rows of a small table: of the first visible sheet, or of a text file.

    For other rooms that read a list of people; raises Refusal as ``read_table`` does.
    """
    if not data:
        raise Refusal(_("This file is empty."), status=422)
    if not _is_workbook(data, filename):
        return _text_rows(data)
    check_workbook(data)
    return next((sheet.rows for sheet in _workbook_sheets(data, Findings())), [])


def _is_workbook(data: bytes, filename: str) -> bool:
    """Tell whether a file is a workbook; raise Refusal when name and content do not fit."""
    ending = PurePath(filename).suffix.casefold()
    if data.startswith(_OLD_OFFICE):
        if _ENCRYPTED in data:
            raise Refusal(_("This file has a password. Save it without one."), status=422)
        raise Refusal(_("This is the old .xls format. Save the file as .xlsx or CSV."), status=422)
    if ending == ".xlsx":
        if not data.startswith(b"PK\x03\x04"):
            raise damaged()
        return True
    if ending not in TEXT_ENDINGS:
        raise Refusal(_("A roster is an .xlsx, .csv or .tsv file."), status=422)
    if data.startswith(b"PK\x03\x04"):
        raise Refusal(
            _("This is a workbook with another ending. Rename it to .xlsx and try again."),
            status=422,
        )
    return False


def _workbook_sheets(data: bytes, findings: Findings) -> Iterator[_Sheet]:
    """Yield the visible sheets of a workbook, merged cells filled downwards."""
    with _opened(data) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible != calamine.SheetVisibleEnum.Visible:
                findings.info(
                    WHOLE_FILE, _("The hidden sheet “%(name)s” was not read.", name=sheet.name)
                )
                continue
            yield _Sheet(sheet.name, _sheet_rows(book, sheet.name))


def _opened(data: bytes) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise Refusal(_("This file has a password. Save it without one."), status=422) from None
    except BaseException as error:
        raise _translated(error) from None


def _sheet_rows(book: calamine.CalamineWorkbook, name: str) -> list[Sequence[Any]]:
    try:
        sheet = book.get_sheet_by_name(name)
        rows: list[Any] = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except BaseException as error:
        raise _translated(error) from None
    for (top, left), (bottom, _right) in merged:
        # Downwards only: a merged cell that is wide is a banner, and says nothing of its columns.
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and left < len(rows[top]):
                row[left] = rows[top][left]
    return rows


def _translated(error: BaseException) -> BaseException:
    """Return the refusal for what the reader of workbooks raised; a real interruption as it is.

    Its panics are no ``Exception``, and a strange file must not end a process that serves others.
    """
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return damaged()
    return error


def _text_rows(data: bytes) -> list[Sequence[Any]]:
    """Return the records of a text file; an empty line is an empty record."""
    text = _decoded(data)
    rows: list[Sequence[Any]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_best_delimiter(text), strict=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MAX_ROWS + HEADER_WITHIN:
                raise too_many_rows()
    except csv.Error as error:
        raise _refused_text(error, reader.line_num) from None
    return rows


def _refused_text(error: csv.Error, line: int) -> Refusal:
    """Return the refusal of a text file that cannot be cut into cells."""
    if "limit" in str(error):
        words = _("A cell in the lines up to %(line)s is far too long for a roster.", line=line)
    else:
        words = _("Quotation marks do not match in the lines up to %(line)s.", line=line)
    return Refusal(words, status=422)


def _decoded(data: bytes) -> str:
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refusal(
        _("The characters of this file could not be read. Save it as .xlsx or as CSV in UTF-8."),
        status=422,
    )


def _best_delimiter(text: str) -> str:
    """Return the delimiter by which the top of the file shows the most column names."""

    def known(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            return find_header(list(islice(reader, HEADER_WITHIN))).score
        except csv.Error:
            return -1

    return max(_DELIMITERS, key=known)


def _collect(sheets: Iterator[_Sheet], filename: str, data: bytes, findings: Findings) -> Table:
    """Put the rows of all sheets together; raise Refusal when no sheet is a roster."""
    found: list[tuple[_Sheet, Header]] = []
    best: Header | None = None
    for sheet in sheets:
        header = find_header(sheet.rows[:HEADER_WITHIN])
        if header.kind:
            found.append((sheet, header))
        elif best is None or header.score > best.score:
            best = header
    if not found:
        raise missing_column(best)
    lines = {PEOPLE: [], UNITS: []}  # type: dict[str, list[Row]]
    headers: dict[str, Header] = {}
    for sheet, header in found:
        name = sheet.name if len(found) > 1 else ""
        headers[name] = header
        _note_unused(header, name, findings)
        lines[header.kind].extend(_rows(sheet, header, name))
    if not lines[PEOPLE] and not lines[UNITS]:
        raise Refusal(_("This file has column names but no rows below them."), status=422)
    if len(lines[PEOPLE]) + len(lines[UNITS]) > MAX_ROWS:
        raise too_many_rows()
    return Table(
        filename=PurePath(filename).name,
        digest=hashlib.sha256(data).hexdigest(),
        people=tuple(lines[PEOPLE]),
        units=tuple(lines[UNITS]),
        has_units=any(header.kind == UNITS for _sheet, header in found),
        notes=tuple(findings.messages),
        headers=headers,
    )


def _letters(place: int) -> str:
    """Return the letters of a column, its place counted from 0: A is 0, AA is 26."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _note_unused(header: Header, sheet: str, findings: Findings) -> None:
    if header.unused:
        names = _(", ").join(shown(name) for name in header.unused[:10])
        findings.info(
            Line(sheet, header.index + 1), _("Columns that are not used: %(names)s", names=names)
        )


def _rows(sheet: _Sheet, header: Header, name: str) -> Iterator[Row]:
    """Yield the rows below the column names that hold something in a named column."""
    for number, cells in enumerate(sheet.rows[header.index + 1 :], start=header.index + 2):
        if len(cells) > MAX_COLUMNS and any(cell != "" for cell in cells[MAX_COLUMNS:]):
            raise too_many_columns()
        values: dict[str, str] = {}
        flaws: dict[str, str] = {}
        for field, place in header.columns.items():
            if place >= len(cells) or cells[place] == "":
                continue
            text, flaw = cell_text(cells[place], field)
            if text:
                values[field] = text
            if flaw:
                flaws[field] = flaw
        if (values or flaws) and values != header.names:  # pasted pages repeat their header
            yield Row(Line(name, number), values, flaws)
