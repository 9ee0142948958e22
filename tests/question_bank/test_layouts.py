"""The invented layout samples beside the project, each in full as its `expected.json` says."""

import json
from collections import Counter
from pathlib import Path

import pytest

from question_bank import formats
from question_bank.items import building

LAYOUTS = Path(__file__).resolve().parents[3] / "shared/data/question-formats/layouts"
pytestmark = pytest.mark.skipif(not LAYOUTS.is_dir(), reason="the layout samples are not here")

KINDS = {
    "single": "single",
    "multi": "multiple",
    "judge": "true_false",
    "blank": "cloze",
    "short": "essay",
}


def expected(name):
    return json.loads((LAYOUTS / "expected.json").read_text(encoding="utf-8"))[name]


def reading_of(name):
    return formats.read((LAYOUTS / name).read_bytes(), name)


def answer_of(draft):
    """The answer as `expected.json` writes it."""
    if draft.kind in ("single", "multiple"):
        return "".join("ABCDEFGH"[n] for n, one in enumerate(draft.options) if one.is_right)
    if draft.kind == "true_false":
        return draft.is_true
    if draft.kind == "cloze":
        return [[one.text for one in blank.accepted] for blank in draft.blanks]
    return draft.sample


def check(name, format_name, encoding):
    """Check what `expected.json` says in numbers, and that every question can be built."""
    reading, wanted = reading_of(name), expected(name)
    drafts = [question.draft for question in reading.questions]
    assert (reading.format, reading.encoding) == (format_name, encoding)
    assert len(drafts) == wanted["questions"]
    if "types" in wanted:
        kinds = Counter(draft.kind for draft in drafts)
        assert kinds == {KINDS[kind]: count for kind, count in wanted["types"].items()}
    if "answers" in wanted:
        assert [answer_of(draft) for draft in drafts] == wanted["answers"]
    for number, question in enumerate(reading.questions):
        wrong = [one for one in question.problems if one.severity in ("error", "decision")]
        assert not wrong
        built = building.build(question.draft, f"layout-{number}")
        assert built.item is not None, built.problems
    return reading


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("01_标准列_utf8bom.csv", "utf-8"),
        ("02_标准列_gbk.csv", "gb18030"),
        ("03_制表符粘贴.tsv", "utf-16"),
    ],
)
def test_standard_columns(name, encoding):
    reading = check(name, "table", encoding)
    first = check("01_标准列_utf8bom.csv", "table", "utf-8")
    assert [one.draft for one in reading.questions] == [one.draft for one in first.questions]
    told = [(one.difficulty, one.tags, one.points) for one in reading.questions]
    assert told == [
        ("easy", ("值班管理",), 2),
        ("medium", ("设备点检",), 4),
        ("easy", ("标识",), 1),
        ("hard", ("设备点检",), 4),
        ("medium", ("值班管理",), 6),
    ]
    assert reading.questions[0].draft.explanation == "早晚各更新一次。"
    essay = reading.questions[4]
    assert [one.text for one in essay.draft.rubric] == ["清点", "签字", "口头复述"]
    assert sum(one.points for one in essay.draft.rubric) == 6
    assert [note.code for note in essay.problems] == ["table.rubric_from_answer"]
    assert not reading.problems


def test_banner_rows_and_options_in_one_cell():
    reading = reading_of("04_带标题行_选项合并单元格.xlsx")
    real = [one for one in reading.questions if one.where.sheet == "题库"]
    sample = [one for one in reading.questions if one.where.sheet != "题库"]
    assert len(real) == expected("04_带标题行_选项合并单元格.xlsx")["questions"]
    assert [answer_of(one.draft) for one in real] == ["D", "ABD", False, "B", "A", [["6"]], "B"]
    assert [one.text for one in real[1].draft.options] == ["纸箱", "托盘", "易燃液体", "标签纸"]
    assert real[1].draft.is_fixed, "its explanation names option C"
    assert real[4].draft.stem == "公式 =A1+B1 在本题中只是题干文字"
    assert real[5].draft.stem == "'=SUM(A1:A3) 的结果是____"
    assert [one.where.line for one in real] == [4, 5, 6, 7, 8, 9, 11]
    assert [one.difficulty for one in real] == [
        "medium",
        "hard",
        "easy",
        "easy",
        "easy",
        "",
        "easy",
    ]
    assert real[1].tags == ("仓储", "安全")
    assert {one.category for one in real} == {("第一章",), ("第二章",), ()}
    (offered,) = sample
    assert [(note.code, note.severity) for note in offered.problems] == [
        ("table.sample", "decision")
    ]
    codes = Counter(note.code for note in reading.problems)
    assert codes == {"table.rows_above": 2, "table.sheet_hidden": 1}


def test_answers_that_are_option_numbers():
    reading = check("05_数字序号答案.xlsx", "table", None)
    drafts = [one.draft for one in reading.questions]
    assert [answer_of(one) for one in drafts] == ["C", "ABC", True, [["120", "一百二十"]]]
    assert drafts[0].options[2].text == "4"
    assert drafts[3].stem == "“银带河”长____公里。"
    notes = [(note.code, note.where.cell) for note in reading.questions[0].problems]
    assert notes == [("table.key_as_number", "I2")]
    assert [one.points for one in reading.questions] == [2, 3, 1, 2]


def test_one_sheet_per_type():
    reading = check("06_按题型分表.xlsx", "table", None)
    assert [one.draft.kind for one in reading.questions] == [
        "single", "single", "multiple", "true_false", "true_false"
    ]  # fmt: skip
    assert [one.where.sheet for one in reading.questions][::2] == ["单选题", "多选题", "判断题"]


def test_kahoot():
    name = "07_kahoot_shape.xlsx"
    reading = check(name, "kahoot", None)
    places = [
        [n for n, one in enumerate(question.draft.options, start=1) if one.is_right]
        for question in reading.questions
    ]
    assert places == expected(name)["correct"]
    assert [one.where.line for one in reading.questions] == [9, 10, 11]
    notes = [note for one in reading.questions for note in one.problems]
    assert [(note.code, note.where.cell, note.params) for note in notes] == [
        ("table.time_limit", "G11", {"found": "45"})
    ]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("08_word粘贴_混排.txt", "utf-8"), ("08_word粘贴_混排_gbk.txt", "gb18030")],
)
def test_pasted_paper(name, encoding):
    reading = reading_of(name)
    wanted = expected("08_word粘贴_混排.txt")
    drafts = [one.draft for one in reading.questions]
    assert (reading.format, reading.encoding) == ("plain", encoding)
    assert len(drafts) == wanted["questions"]
    kinds = Counter(draft.kind for draft in drafts)
    assert kinds == {KINDS[kind]: count for kind, count in wanted["types"].items()}
    assert [answer_of(draft) for draft in drafts] == wanted["answers"]
    assert drafts[0].stem == "青石公司的应急电话贴在（ ）。"
    assert [one.text for one in drafts[1].options] == [
        "立即离开",
        "关闭电源",
        "报告班长",
        "继续作业",
    ]
    assert drafts[2].options[1].text == "乙类区可以停车（此行为选项续行）"
    assert drafts[2].explanation == "见虚构手册第 3.2 条，注意“3. 2”不是新题号。"
    assert [one.text for one in drafts[3].options] == ["2001", "2002", "2003", "2004"]
    assert [one.text for one in drafts[4].options] == ["降速", "关阀", "拆泵", "挂牌"]
    assert drafts[10].stem == "“青石”的英文代号是____。"
    assert [one.points for one in reading.questions][:4] == [2, 2, 2, 2]
    assert [note.code for note in reading.problems] == ["table.line_unused"]
    for number, one in enumerate(reading.questions):
        assert not [note for note in one.problems if note.severity in ("error", "decision")]
        assert building.build(one.draft, f"paper-{number}").item is not None


def test_answers_behind_the_questions():
    reading = check("09_题目与答案分离.txt", "plain", "utf-8")
    assert not reading.problems


def test_pairs_of_stem_and_answer():
    reading = check("12_键值行.json", "key_value", "utf-8")
    drafts = [one.draft for one in reading.questions]
    assert [draft.stem for draft in drafts] == ["虚构首都是____。", "虚构作物有____、____。"]
    assert [answer_of(draft) for draft in drafts] == ["A", "A"]
    assert [one.text for one in drafts[1].options] == ["稻 麦", "豆 麻"]


def test_word_with_automatic_numbers_and_a_table():
    reading = check("13_word自动编号与表格.docx", "word", None)
    texts = [[option.text for option in one.draft.options] for one in reading.questions]
    assert texts == [["甲", "乙", "丙"], ["子", "丑"], ["甲", "乙"]]


def test_texts_that_look_like_formulas_are_kept():
    reading = check("14_公式注入.csv", "table", "utf-8")
    assert [one.draft.stem for one in reading.questions] == [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=1", "＝1+1",
        '=HYPERLINK("http://example.invalid","x")',
    ]  # fmt: skip


def test_answer_in_the_first_column():
    name = "15_答案在首列_判断题.xlsx"
    reading = check(name, "table", None)
    assert [one.draft.kind for one in reading.questions] == ["true_false"] * 3
    assert reading.questions[0].draft.explanation == "正确答案：1青等于100石。"
    assert {note.code for one in reading.questions for note in one.problems} == {
        "table.kind_guessed"
    }
