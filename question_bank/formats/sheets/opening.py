"""From the bytes of a file to sheets of values: workbooks and delimited text."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import python_calamine as calamine

from question_bank.formats.archives import ArchiveError, is_archive, unpack
from question_bank.formats.encodings import decode
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.sheets.formulas import Formula, formulas_by_sheet
from question_bank.formats.sheets.headers import HEADER_WITHIN, find_header
from question_bank.formats.sniffing import OLD_OFFICE
from question_bank.formats.workbooks import check_workbook

MAX_ROWS = 100_000
MAX_COLUMNS = 256
_DELIMITERS = ("\t", ",", ";", "|", "，", "；")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet, its merged areas (top, left, bottom, right) and its formulas.

    `name` is None for delimited text, which has no sheets. Rows and columns count from 0.
    """

    name: str | None
    rows: Sequence[Sequence[Any]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: dict[str, Formula] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """The visible sheets of a file, how its text was encoded (None for workbooks), and notes."""

    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    problems: tuple[Problem, ...] = ()


def open_sheets(data: bytes) -> Opened:
    """Return the sheets of a workbook or a delimited text, or the problem that refuses it."""
    if is_archive(data):
        return _workbook(data)
    if data.startswith(OLD_OFFICE):
        return Opened((), problems=(problem("file.old_office", Where()),))
    return _delimited(data)


def _workbook(data: bytes) -> Opened:
    try:
        check_workbook(data, MAX_ROWS, MAX_COLUMNS)
        formulas = formulas_by_sheet(dict(unpack(data, may_nest=True)))
    except ArchiveError as error:
        return Opened((), problems=(error.problem,))
    return _read_book(data, formulas)


def _read_book(data: bytes, formulas: dict[str, dict[str, Formula]]) -> Opened:
    sheets: list[Sheet] = []
    notes: list[Problem] = []
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                if meta.visible != calamine.SheetVisibleEnum.Visible:
                    notes.append(
                        problem("table.sheet_hidden", Where(sheet=meta.name), sheet=meta.name)
                    )
                    continue
                sheets.append(_sheet(book, meta.name, formulas.get(meta.name, {})))
    except calamine.PasswordError:
        return Opened((), problems=(problem("file.password", Where()),))
    except BaseException as error:
        # The reader's panics are no Exception, and one strange file must not end a process that
        # serves others; a real interruption goes on.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return Opened((), problems=(problem("file.archive_damaged", Where()),))
    return Opened(tuple(sheets), problems=tuple(notes))


def _sheet(book: Any, name: str, formulas: dict[str, Formula]) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    try:
        areas = sheet.merged_cell_ranges or []
    except Exception:
        # Only some kinds of workbook say which of their cells are merged.
        areas = []
    merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in areas)
    return Sheet(name, rows, merged, formulas)


def _delimited(data: bytes) -> Opened:
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Opened((), problems=(decoded,))
    text = decoded.text.lstrip("\ufeff")
    if text[:4].casefold() == "sep=":
        # Excel's own line that names the delimiter.
        first, _, text = text.partition("\n")
        delimiter = first[4:].strip("\r\n")[:1] or ","
        text = f"\n{text}"
    else:
        delimiter = _best_delimiter(text)
    rows: list[list[str]] = []
    line = 0
    try:
        for line, row in _records(text, delimiter):
            # A quoted cell may hold line breaks: rows keep the number of the line they begin in.
            rows.extend([] for _ in range(line - 1 - len(rows)))
            rows.append(row)
    except csv.Error:
        note = problem("table.quotes", Where(line=line + 1), line=line + 1)
        return Opened((Sheet(None, rows),), decoded.encoding, (note,))
    return Opened((Sheet(None, rows),), decoded.encoding)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records with the line, from 1, in which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _best_delimiter(text: str) -> str:
    """Return the delimiter by which the top of the file shows the most column names."""

    def known(delimiter: str) -> tuple[int, int]:
        rows: list[list[str]] = []
        # A quote that goes wrong further down says nothing about the rows above it.
        with suppress(csv.Error):
            for _, row in islice(_records(text, delimiter), HEADER_WITHIN):
                rows.append(row)
        header = find_header(rows)
        return (header.score if header else 0), sum(len(row) for row in rows)

    return max(_DELIMITERS, key=known)
