"""Files that are no rosters, or mean harm: each is refused with a sentence, before it is opened."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from question_bank.formats import archives
from quizapp.accounts.service.roster import archive, reading
from quizapp.accounts.service.roster.reading import read_table
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


def refused(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(Refusal) as refusal:
        read_table(data, name)
    return refusal.value.message


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive_:
        return {name: archive_.read(name) for name in archive_.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive_:
        for name, content in parts.items():
            archive_.writestr(name, content)
    return out.getvalue()


def good() -> bytes:
    return workbook({"人员": [["工号", "姓名"], ["1", "张三"]]})


def with_sheet(xml: bytes) -> bytes:
    return packed({**parts_of(good()), SHEET: xml})


def with_part(name: str, content: bytes = b"x") -> bytes:
    return packed({**parts_of(good()), name: content})


def sheet(cells_: bytes, before: bytes = b"") -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<?xml version="1.0"?>%s<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (
        before,
        space,
        cells_,
    )


def lying_about_its_size() -> bytes:
    """Return a workbook whose directory says that 60 MB of blanks are 10 bytes."""
    data = bytearray(with_sheet(sheet(b" " * (60 * 2**20))))
    place = data.rindex(SHEET.encode()) - 46
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(data)


def with_shared_bytes() -> bytes:
    """Return a workbook in which two names stand for the same packed bytes."""
    data = bytearray(with_part("xl/a.xml", b"<a/>" * 100))
    directory = data.rindex(b"xl/a.xml") - 46
    sheet_entry = data.rindex(SHEET.encode()) - 46
    data[directory + 42 : directory + 46] = data[sheet_entry + 42 : sheet_entry + 46]
    data[directory + 20 : directory + 24] = data[sheet_entry + 20 : sheet_entry + 24]
    return bytes(data)


def with_flag() -> bytes:
    data = bytearray(good())
    place = data.rindex(SHEET.encode()) - 46
    data[place + 8] |= 1
    return bytes(data)


def with_two_of_one_name() -> bytes:
    out = io.BytesIO(good())
    with zipfile.ZipFile(out, "a") as archive_, pytest.warns(UserWarning, match="Duplicate"):
        archive_.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def with_sheet_under_another_ending() -> bytes:
    parts = parts_of(good())
    parts["xl/worksheets/sheet1.bin"] = parts.pop(SHEET)
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace(b"sheet1.xml", b"sheet1.bin")
    return packed(parts)


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "a.xlsx", "空文件"),
    "noise": (lambda: bytes(range(1, 256)) * 40, "a.xlsx", "不是 Excel"),
    "text called xlsx": (lambda: text_table([HEADER, ZHANG]), "a.xlsx", "不是 Excel"),
    "workbook called csv": (good, "a.csv", "后缀"),
    "pdf": (lambda: b"%PDF-1.7", "a.pdf", "XLSX"),
    "macros": (good, "a.xlsm", "XLSX"),
    "no ending": (good, "roster", "XLSX"),
    "old xls": (lambda: OLD + bytes(600), "a.xls", "旧的"),
    "password": (lambda: OLD + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "密码"),
    "password of the zip": (with_flag, "a.xlsx", "密码"),
    "a zip of something": (lambda: packed({"a.txt": b"x"}), "a.xlsx", "不是 Excel"),
    "cut off": (lambda: good()[:-200], "a.xlsx", "不是 Excel"),
    "bomb of blanks": (lambda: with_sheet(sheet(b" " * (60 * 2**20))), "a.xlsx", "远大于"),
    "bomb by ratio": (lambda: with_part("xl/b.bin", bytes(4 * 2**20)), "a.xlsx", "远大于"),
    "bomb that lies": (lying_about_its_size, "a.xlsx", "远大于"),
    "bomb by shared bytes": (with_shared_bytes, "a.xlsx", "不是 Excel"),
    "billion laughs": (lambda: with_sheet(sheet(b"", LAUGHS)), "a.xlsx", "不是 Excel"),
    "entity elsewhere": (
        lambda: with_part("docProps/x.xml", LAUGHS + b"<a>&b;</a>"),
        "a.xlsx",
        "不是 Excel",
    ),
    "climbing name": (lambda: with_part("../../etc/passwd"), "a.xlsx", "不是 Excel"),
    "absolute name": (lambda: with_part("/etc/passwd"), "a.xlsx", "不是 Excel"),
    "name with drive": (lambda: with_part("C:/x"), "a.xlsx", "不是 Excel"),
    "name with backslash": (lambda: with_part("xl\\x"), "a.xlsx", "不是 Excel"),
    "two of one name": (with_two_of_one_name, "a.xlsx", "不是 Excel"),
    "many parts": (
        lambda: packed(
            {**parts_of(good()), **{f"x/{n}": b"" for n in range(archives.MAX_ENTRIES + 1)}}
        ),
        "a.xlsx",
        "不是 Excel",
    ),
    "odd compression": (
        lambda: packed(parts_of(good()), zipfile.ZIP_LZMA),
        "a.xlsx",
        "不是 Excel",
    ),
    "sheet in disguise": (with_sheet_under_another_ending, "a.xlsx", "不是 Excel"),
    "far row": (
        lambda: with_sheet(sheet(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
        "a.xlsx",
        "行",
    ),
    "far column": (
        lambda: with_sheet(sheet(b'<row r="1"><c r="XFD1"><v>1</v></c></row>')),
        "a.xlsx",
        "列",
    ),
    "broken xml": (lambda: with_sheet(b"<worksheet><sheetData>"), "a.xlsx", "不是 Excel"),
    "row that is no number": (
        lambda: with_sheet(sheet(b'<row r="x"><c r="A1"><v>1</v></c></row>')),
        "a.xlsx",
        "不是 Excel",
    ),
    "many merged cells": (
        lambda: with_sheet(
            b"<worksheet><sheetData/><mergeCells>%s</mergeCells></worksheet>"
            % (b'<mergeCell ref="A1:A2"/>' * 100_001)
        ),
        "a.xlsx",
        "远大于",
    ),
    "no header": (lambda: text_table([["a", "b"], ["1", "2"]]), "a.csv", "列名"),
    "half a header": (lambda: text_table([["工号", "岗位"], ["1", "2"]]), "a.csv", "姓名"),
    "header only": (lambda: text_table([HEADER]), "a.csv", "只有列名"),
    "open quotation": (lambda: '工号,姓名\n1,"张三\n2,李四\n'.encode(), "a.csv", "引号"),
    "unknown encoding": (lambda: b"\xff\xff,\x81\xff\n" * 9, "a.csv", "读不出"),
    "utf-16 without mark": (lambda: "工号,姓名".encode("utf-16-le"), "a.csv", "读不出"),
    "binary called csv": (lambda: b"\x00\x01\x02" * 50, "a.csv", "读不出"),
    "wide": (lambda: text_table([HEADER, ["x"] * 61]), "a.csv", "列"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_sentence(name):
    make, filename, says = HOSTILE[name]
    assert says in refused(make(), filename)


def test_a_file_that_is_too_long_or_too_large(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    assert "行" in refused(text_table([HEADER, *[ZHANG] * 4]), "a.csv")
    assert "行" in refused(text_table([HEADER, *[ZHANG] * 40]), "a.csv")
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    assert "20 MB" in refused(b"x" * 1001, "a.csv")


def test_parts_are_counted_together(monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED", 10_000)
    assert "远大于" in refused(with_part("xl/a.xml", b"<a/>"))


def test_empty_cells_with_a_colour_may_lie_anywhere():
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="XFD1" s="1"/></row>'
    archive.check_workbook(with_sheet(sheet(row)))


def test_every_byte_may_be_damaged_without_another_error():
    """Flip bytes all over a workbook: it is read, or it is refused; nothing else happens."""
    data = good()
    for place in range(0, len(data), max(1, len(data) // 400)):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        try:
            read_table(bytes(damaged), "a.xlsx")
        except Refusal:
            continue


def test_a_strange_sheet_does_not_end_the_process():
    """References to strings and styles that do not exist make the reader of workbooks panic."""
    for cell in (
        b'<c r="A1" t="s"><v>99999</v></c>',
        b'<c r="A1" s="99999"><v>1</v></c>',
        b'<c r="A1" t="d"><v>nonsense</v></c>',
        b'<c r="A1" t="b"><v>7</v></c>',
        b'<c r="1A"><v>7</v></c>',
        b'<c r="A0"><v>7</v></c>',
        b'<c r="A"><v>1</v></c>',
        b'<c r="A1"><v>1e999</v></c>',
    ):
        assert refused(with_sheet(sheet(b'<row r="1">' + cell + b"</row>")))
