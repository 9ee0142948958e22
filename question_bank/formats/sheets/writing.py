"""Writing questions to a workbook or a CSV file that this package reads back."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from question_bank.formats.reading import Question
from question_bank.formats.sheets.columns import DIFFICULTIES, KINDS, Column, columns, mark
from question_bank.formats.sheets.quoting import is_dangerous, quoted
from question_bank.formats.sheets.records import Recorded, filled, record_all
from question_bank.formats.writing import Written

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIELDS = (
    "fixed", "unit", "rubric",
    "explanation", "difficulty", "tags", "category", "points", "material",
    "source", "clause", "author", "verified_on", "valid_until", "workplace", "name",
)  # fmt: skip
_ALWAYS = frozenset({"explanation", "difficulty", "tags", "category", "points"})
_OPTIONS = {
    "constant_memory": True,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
    """Return an .xlsx with a row for each question; a sheet carries no `media`.

    Every cell is text, none a formula. Where a text begins as a formula does, its cell has the
    quote prefix of Excel, which is a property of the cell and no part of the text.
    """
    recorded = record_all(questions)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        sheet = book.add_worksheet("题目")
        formats = cell_formats(book)
        shown = shown_columns(recorded)
        write_header(sheet, shown, formats, mark(".xlsx"))
        for number, record in enumerate(recorded.records, start=1):
            for column, text in enumerate(filled(shown, record)):
                write_text(sheet, number, column, text, formats)
        add_lists(sheet, shown, len(recorded.records) + 200, "zh")
    return Written(target.getvalue(), ".xlsx", XLSX_TYPE, tuple(recorded.left_out))


def write_csv(questions: Sequence[Question]) -> Written:
    """Return a CSV file in UTF-8 with a byte order mark, for programs that read no .xlsx.

    Texts that a spreadsheet might compute have a quote before them, which the reader of this
    package takes away again.
    """
    recorded = record_all(questions)
    shown = shown_columns(recorded)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([*(column.name for column in shown), mark(".csv")])
    for record in recorded.records:
        writer.writerow([*(quoted(text) for text in filled(shown, record)), ""])
    data = target.getvalue().encode("utf-8-sig")
    return Written(data, ".csv", "text/csv; charset=utf-8", tuple(recorded.left_out))


def shown_columns(recorded: Recorded, language: str = "zh") -> list[Column]:
    """Return the columns that the rows need; the usual ones are always there."""
    wanted = recorded.fields | _ALWAYS
    return columns(recorded.counts, [name for name in _FIELDS if name in wanted], language)


def cell_formats(book: Any) -> dict[str, Any]:
    """Return the formats of cells by their names."""
    common = {"text_wrap": True, "valign": "top", "num_format": "@"}
    return {
        "text": book.add_format(common),
        "quoted": book.add_format({**common, "quote_prefix": True}),
        "name": book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "border": 1, "border_color": "#B8C4D0",
             "valign": "vcenter", "text_wrap": True}
        ),
        "mark": book.add_format({"font_color": "#FFFFFF"}),
        "title": book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"}),
    }  # fmt: skip


def write_header(
    sheet: Any, shown: Sequence[Column], formats: Mapping[str, Any], said: str, star: str = ""
) -> None:
    """Write the row of column names, and the mark in a hidden column; `star` names what is due."""
    for place, column in enumerate(shown):
        sheet.set_column(place, place, column.width)
        name = f"*{column.name}" if column.field in star.split() else column.name
        sheet.write_string(0, place, name, formats["name"])
    if said:
        sheet.set_column(len(shown), len(shown), 3, None, {"hidden": True})
        sheet.write_string(0, len(shown), said, formats["mark"])
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 2)


def write_text(sheet: Any, row: int, column: int, text: str, formats: Mapping[str, Any]) -> None:
    """Write a text as a text, whatever it looks like."""
    if text:
        sheet.write_string(row, column, text, formats["quoted" if is_dangerous(text) else "text"])


def add_lists(sheet: Any, shown: Sequence[Column], last: int, language: str) -> None:
    """Offer the kinds and the difficulties as lists in their columns."""
    for place, column in enumerate(shown):
        choices = {
            "kind": list(KINDS[language].values()),
            "difficulty": list(DIFFICULTIES[language].values()),
        }.get(column.field)
        if choices:
            rule = {"validate": "list", "source": choices, "error_type": "information"}
            sheet.data_validation(1, place, last, place, rule)
