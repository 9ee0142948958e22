"""From bytes to rows: layouts as people make them, in the encodings of offices."""

from __future__ import annotations

import io
import itertools
import tomllib
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from quizapp.accounts.service.roster import cells, words
from quizapp.accounts.service.roster.reading import Table, read_table
from quizapp.core.forms import Refusal
from tests.factories.rosters import text_table, workbook

HEADER = ["工号", "姓名", "岗位", "班组"]
ZHANG = ["100482", "张三", "焊工", "一班"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def _language(app):
    """Messages need a language, and a language needs an application."""
    with app.app_context():
        yield


def people(table: Table) -> list[dict[str, str]]:
    return [dict(row.values) for row in table.people]


def refused(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(Refusal) as refusal:
        read_table(data, name)
    return refusal.value.message


def test_a_plain_table():
    table = read_table(text_table([HEADER, ZHANG]), "花名册.csv")
    assert people(table) == [{"number": "100482", "name": "张三", "post": "焊工", "team": "一班"}]
    assert (table.people[0].line.sheet, table.people[0].line.number) == ("", 2)
    assert not table.has_units


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_the_encodings_that_offices_write(encoding, delimiter):
    data = text_table([HEADER, ZHANG], encoding=encoding, delimiter=delimiter)
    if encoding in ("utf-16-le", "utf-16-be"):
        data = "\ufeff".encode(encoding) + data
    assert people(read_table(data, "a.csv"))[0]["name"] == "张三"


def test_rare_characters_need_gb18030():
    data = text_table([HEADER, ["1", "㐀𠀀", "", "一班"]], encoding="gb18030")
    assert people(read_table(data, "a.csv"))[0]["name"] == "㐀𠀀"


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("员工编号", "姓名"),
        ("工　号", "姓 名"),
        ("*工号（必填）", "姓名："),
        ("employee_number", "Name"),
        ("Ｅｍｐｌｏｙｅｅ Number", "NAME"),
        ("【工号】职工号", "员工姓名"),
    ],
)
def test_columns_by_many_names(number, name):
    table = read_table(text_table([[name, "x", number], ["张三", "", "7"]]), "a.csv")
    assert people(table) == [{"number": "7", "name": "张三"}]


def test_banners_empty_rows_and_repeated_headers_are_passed_over():
    rows = [
        ["某厂花名册"],
        [],
        ["制表：综合办", "", "2026年11月"],
        HEADER,
        [],
        ZHANG,
        HEADER,
        ZHANG,
    ]
    table = read_table(workbook({"人员": rows}), "a.xlsx")
    assert [row.line.number for row in table.people] == [6, 8]


def test_numbers_dates_and_zeros_of_a_workbook():
    rows = [
        ["工号", "姓名", "单位编码", "起始日期"],
        [100482, "张三", 12.0, date(2026, 11, 22)],
        ["00123", "李四", "007", "2026年11月22日"],
    ]
    assert people(read_table(workbook({"人员": rows}), "a.xlsx")) == [
        {"number": "100482", "name": "张三", "unit_code": "12", "since": "2026-11-22"},
        {"number": "00123", "name": "李四", "unit_code": "007", "since": "2026年11月22日"},
    ]


def test_merged_cells_fill_downwards():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 3, "花名册")
    sheet.write_row(1, 0, ["车间", "班组", "工号", "姓名"])
    sheet.merge_range(2, 0, 4, 0, "焊装车间")
    for row in range(3):
        sheet.write_row(2 + row, 1, [f"{row}班", f"10{row}", f"张{row}"])
    book.close()
    table = read_table(out.getvalue(), "a.xlsx")
    assert [row.text("workshop") for row in table.people] == ["焊装车间"] * 3


def test_formula_cells_give_their_stored_result():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["工号", "姓名"])
    sheet.write_formula(1, 0, '="10"&"1"', None, "101")
    sheet.write_string(1, 1, '=HYPERLINK("http://x","张三")')
    book.close()
    (row,) = read_table(out.getvalue(), "a.xlsx").people
    assert row.text("number") == "101"
    assert row.flaws == {"name": cells.FORMULA}


def test_a_workbook_with_units_and_people():
    table = read_table(
        workbook(
            {
                "单位": [["编码", "名称", "级别", "上级编码"], ["P1", "一厂", "厂", ""]],
                "人员": [["工号", "姓名", "单位编码"], ["1", "张三", "P1"]],
                "说明": [["请如实填写"]],
            }
        ),
        "a.xlsx",
    )
    assert table.has_units
    assert dict(table.units[0].values) == {"code": "P1", "name": "一厂", "kind": "厂"}
    assert table.units[0].line.sheet == "单位"
    assert table.people[0].line.sheet == "人员"


def test_hidden_sheets_and_unknown_columns_are_named():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("人员").write_row(0, 0, ["工号", "姓名", "血型"])
    book.get_worksheet_by_name("人员").write_row(1, 0, ["1", "张三", "A"])
    hidden = book.add_worksheet("字典")
    hidden.write_row(0, 0, ["工号", "姓名"])
    hidden.hide()
    book.close()
    notes = [note.text for note in read_table(out.getvalue(), "a.xlsx").notes]
    assert any("字典" in text for text in notes)
    assert any("血型" in text for text in notes)


def test_of_two_columns_with_one_meaning_the_better_word_counts():
    table = read_table(
        text_table([["工号", "姓名", "职务", "岗位"], ["1", "张", "主任", "焊工"]]), "a.csv"
    )
    assert people(table)[0]["post"] == "焊工"
    assert "职务" in table.notes[0].text
    assert "姓名" in refused(text_table([["工号", "姓名", "姓名"], ["1", "张", "李"]]), "a.csv")


def test_marks_that_cannot_be_seen_are_dropped():
    name = "\u202e张\u200b三\x1b[31m\n丰"
    table = read_table(text_table([["工号", "姓名"], ["\ufeff１０１\u00a0", name]]), "a.csv")
    assert people(table) == [{"number": "１０１", "name": "张三[31m 丰"}]


@pytest.mark.parametrize(
    ("value", "field", "expected"),
    [
        (100482.0, "number", ("100482", "")),
        (1.5, "number", ("1.5", "")),
        (True, "post", ("TRUE", "")),
        (float("nan"), "number", ("", "")),
        (1234567890123456789.0, "number", ("1234567890123456768", cells.LOST_DIGITS)),
        ("1.00482E+11", "number", ("1.00482E+11", cells.LOST_DIGITS)),
        ("1.00482E+11", "name", ("1.00482E+11", "")),
        (date(2026, 1, 2), "number", ("2026-01-02", cells.A_DATE)),
        (datetime(2026, 1, 2), "since", ("2026-01-02", "")),  # noqa: DTZ001
        (time(8, 30), "since", ("08:30:00", "")),
        (timedelta(days=1), "number", ("1 day, 0:00:00", cells.A_DATE)),
        ("＝cmd", "name", ("＝cmd", cells.FORMULA)),
        ("x" * 501, "name", ("x" * 500, cells.TOO_LONG)),
        (None, "name", ("", "")),
    ],
)
def test_cells(value, field, expected):
    assert cells.cell_text(value, field) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "2026年11月22日",
        "2026年11月22号",
        "２０２６－１１－２２",
        "20261122",
        "2026-11-22 00:00:00",
        "2026/11/22 8:30",
        "46348",
    ],
)
def test_days_that_can_be_read(text):
    assert cells.read_day(text) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    ["", "22/11/2026", "26-11-22", "2026-11", "2026年11月", "2026-02-30", "明天", "1e5", "99999"],
)
def test_days_that_cannot(text):
    assert cells.read_day(text) is None


def test_no_word_has_two_meanings():
    data = tomllib.loads(words.WORDS.read_text(encoding="utf-8"))
    for section in ("people", "units", "kinds", "states", "roles"):
        keys = [words.word_key(w) for w in itertools.chain(*data[section].values())]
        assert len(keys) == len(set(keys)), section
        assert "" not in keys
