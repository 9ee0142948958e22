"""Reading and writing sheets: layouts that people use, traps of spreadsheets, round trips."""

import datetime
import io
import itertools
from dataclasses import replace

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import formats
from question_bank.formats.archives import unpack
from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from question_bank.formats.sheets import read, template, write, write_csv
from question_bank.formats.sheets.quoting import is_dangerous, quoted, unquoted
from question_bank.items import building
from question_bank.items.draft import (
    BLANK,
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
)
from question_bank.items.media import Media

STEM = "松风仓库每月几日盘点"
TEXTS = ("1日", "5日", "15日", "25日")


def csv_of(*rows):
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


def book(sheets, change=None):
    """Write a workbook: sheets of rows by name; `change` may do more to it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        if change:
            change(workbook)
    return target.getvalue()


def codes(question, *severities):
    wanted = severities or ("error", "decision", "fix", "warning")
    return [note.code for note in question.problems if note.severity in wanted]


def key(draft):
    return "".join("ABCDEFGH"[n] for n, one in enumerate(draft.options) if one.is_right)


STEM_NAMES = ("题干", "题目", "*试题题干", "问题描述", "题干（必填）", "试题内容", "Question")
ANSWER_NAMES = ("答案", "正确答案", "*标准答案", "参考答案（多选填AB）", "Correct answer")
KIND_NAMES = ("题型", "*类型", "试题类型", None)
OPTION_LAYOUTS = {
    "选项A": [f"选项{one}" for one in "ABCD"],
    "A": list("ABCD"),
    "选项1": [f"选项{one}" for one in range(1, 5)],
    "选择项一": [f"选择项{one}" for one in "一二三四"],
    "A选项": [f"{one}选项" for one in "ABCD"],
    "option": [f"Option {one}" for one in "ABCD"],
    "选项 a": [f"选项 {one}" for one in "abcd"],
    "|": "选项",
    "\n": "备选项",
    "；": "选项内容",
    ";": "选项",
    "$": "答案选项",
    "$$": "选项",
    "A. |": "选项（用|分隔）",
    "A、\n": "选项",
    "(A)": "试题选项",
    "1.\n": "选项",
}


def options_cells(layout):
    if isinstance(OPTION_LAYOUTS[layout], list):
        return list(TEXTS)
    if layout == "(A)":
        return ["".join(f"({one}){text}" for one, text in zip("ABCD", TEXTS, strict=True))]
    if layout in ("A. |", "A、\n"):
        mark, separator = layout[1:-1], layout[-1]
        pairs = zip("ABCD", TEXTS, strict=True)
        return [separator.join(f"{one}{mark}{text}" for one, text in pairs)]
    if layout == "1.\n":
        return ["\n".join(f"{n}. {text}" for n, text in enumerate(TEXTS, start=1))]
    return [layout.join(TEXTS)]


SINGLE_KEYS = ("D", "d", "Ｄ", " D ", "（D）", "D.", "答案：D", "25日", "D. 25日", "D、25日", "④")
MULTIPLE_KEYS = (
    "ABD", "A,B,D", "A、B、D", "A B D", "A/B/D", "a;b;d", "ＡＢＤ", "DBA", "[ABD]", "A，B，D",
    "1日;5日;25日", "1日\n5日\n25日", "A+B+D",
)  # fmt: skip


@pytest.mark.parametrize("layout", OPTION_LAYOUTS)
@pytest.mark.parametrize("names", [*zip(STEM_NAMES, ANSWER_NAMES * 2, strict=False)])
def test_columns_in_every_layout_give_the_same_drafts(layout, names):
    named = OPTION_LAYOUTS[layout]
    for kind, is_banner in itertools.product(KIND_NAMES, (False, True)):
        head = [names[0], *(named if isinstance(named, list) else [named]), names[1]]
        rows = [[STEM, *options_cells(layout), "D"], [STEM, *options_cells(layout), "A、B"]]
        if kind:
            head.insert(0, kind)
            rows = [["单选题", *rows[0]], ["多选", *rows[1]]]
        above = [["XX公司题库导入模板"], ["填写说明：带*为必填，请勿修改表头"]] if is_banner else []
        reading = read(csv_of(*above, head, *rows), "x.csv")
        found = [(one.draft.kind, one.draft.stem, key(one.draft)) for one in reading.questions]
        assert found == [("single", STEM, "D"), ("multiple", STEM, "AB")], head
        assert all(tuple(o.text for o in q.draft.options) == TEXTS for q in reading.questions)
        assert not [c for q in reading.questions for c in codes(q, "error", "decision")]
        guessed = [] if kind else ["table.kind_guessed"]
        assert [codes(q) for q in reading.questions] == [guessed, guessed]


@pytest.mark.parametrize("said", SINGLE_KEYS)
def test_every_spelling_of_a_single_key(said):
    reading = read(csv_of(["题型", "题干", *"ABCD", "答案"], ["单选", STEM, *TEXTS, said]), "x")
    (question,) = reading.questions
    assert (question.draft.kind, key(question.draft)) == ("single", "D")
    assert not codes(question, "error", "decision")


@pytest.mark.parametrize("said", MULTIPLE_KEYS)
def test_every_spelling_of_a_multiple_key(said):
    reading = read(csv_of(["题型", "题干", *"ABCD", "答案"], ["多选", STEM, *TEXTS, said]), "x")
    (question,) = reading.questions
    assert (question.draft.kind, key(question.draft)) == ("multiple", "ABD")
    assert not codes(question, "error", "decision")


TRUE = (
    "对",
    "正确",
    "√",
    "✓",
    "✔",
    "是",
    "T",
    "true",
    "TRUE",
    "1",
    "Y",
    "（√）",
    "(对)",
    "真",
    "1.0",
)
FALSE = (
    "错",
    "错误",
    "×",
    "✗",
    "✘",
    "否",
    "F",
    "false",
    "0",
    "N",
    "（×）",
    "[错]",
    "假",
    "X",
    "不对",
)


@pytest.mark.parametrize("said", TRUE + FALSE)
def test_every_mark_for_true_and_false(said):
    reading = read(
        csv_of(["题型", "题干", "答案"], ["判断题", "灰灯亮时应停机（  ）。", said]), "x"
    )
    (question,) = reading.questions
    assert question.draft.stem == "灰灯亮时应停机。"
    assert (question.draft.is_true, question.problems) == (said in TRUE, ())


def test_a_column_of_marks_says_that_the_questions_are_statements():
    reading = read(csv_of(["题干", "答案"], ["甲。", "T"], ["乙。", "F"], ["丙。", "1"]), "x")
    assert [one.draft.is_true for one in reading.questions] == [True, False, True]
    mixed = read(csv_of(["题干", "答案"], ["3 加 4 等于____", "7"], ["5 减 4 等于几", "1"]), "x")
    assert [one.draft.kind for one in mixed.questions] == ["cloze", "cloze"]


def test_answers_of_statements_may_be_options_or_carry_a_correction():
    head = ["题型", "题干", "选项A", "选项B", "答案", "解析"]
    rows = [
        ["判断", "甲。", "正确", "错误", "B", ""],
        ["判断", "乙。", "错误", "正确", "A", ""],
        ["判断", "丙。", "", "", "错误，应为 8 小时", "见手册"],
        ["判断", "丁。", "", "", "A", ""],
    ]
    found = read(csv_of(head, *rows), "x").questions
    assert [one.draft.is_true for one in found] == [False, False, False, True]
    assert found[2].draft.explanation == "应为 8 小时\n见手册"
    assert [codes(one) for one in found] == [
        [], [], ["table.answer_explained"], ["table.truth_letter"]
    ]  # fmt: skip


def test_blanks_and_alternatives():
    head = ["题型", "题干", "答案"]
    rows = [
        ["填空", "周期____小时，保存____年", "8；三"],
        ["填空", "周期（  ）小时，保存（）年", "8;三|3"],
        ["填空", "代号是____", "QS|质量安全"],
        ["填空", "方向为____和____", "东、西"],
        ["填空", "代号是____", "甲；乙"],
        ["填空", "周期____小时，保存____年", "8"],
        ["填空", "首都是哪里", "青城"],
        ["填空", "三原色是", "红；黄；蓝"],
        ["填空", "银带河长{{120|一百二十}}公里", ""],
        ["填空", "四大发明包括（ 造纸术 ）和（ 火药 ）", ""],
    ]
    found = read(csv_of(head, *rows), "x").questions
    answers = [[[a.text for a in blank.accepted] for blank in q.draft.blanks] for q in found]
    assert answers == [
        [["8"], ["三"]], [["8"], ["三", "3"]], [["QS", "质量安全"]], [["东"], ["西"]],
        [["甲", "乙"]], [["8"]], [["青城"]], [["红"], ["黄"], ["蓝"]], [["120", "一百二十"]],
        [["造纸术"], ["火药"]],
    ]  # fmt: skip
    assert [codes(one) for one in found] == [
        [], [], [], ["table.answers_split"], ["table.blank_alternatives"],
        ["table.blanks_differ"], [], ["table.blanks_added"], [], [],
    ]  # fmt: skip
    assert all(one.draft.stem.count(BLANK) in (0, len(one.draft.blanks), 2) for one in found)


def test_contradictions_wait_for_a_person_with_both_readings():
    head = ["题型", "题干", *"ABCD", "答案"]
    rows = [
        ["单选题", STEM, *TEXTS, "AC"],
        ["多选题", STEM, *TEXTS, "C"],
        ["判断题", STEM, *TEXTS, "B"],
    ]
    found = read(csv_of(head, *rows), "x.csv").questions
    notes = [one.problems[-1] for one in found]
    assert [(note.code, note.severity) for note in notes] == [
        ("table.key_against_kind", "decision")
    ] * 3
    assert [note.params for note in notes] == [
        {"declared": "single", "suggested": "multiple", "key": "AC"},
        {"declared": "multiple", "suggested": "single", "key": "C"},
        {"declared": "true_false", "suggested": "single", "key": "B"},
    ]
    assert [note.where.cell for note in notes] == ["G2", "G3", "G4"]
    assert [one.draft.kind for one in found] == ["multiple", "single", "single"]


def test_a_number_may_be_an_option_number_or_an_option():
    head = ["题型", "题干", *"ABCD", "答案"]
    alone = read(csv_of(head, ["单选", "几个县", "2", "3", "4", "5", "3"]), "x").questions[0]
    assert codes(alone) == ["table.key_ambiguous"]
    assert alone.problems[0].params == {"found": "3", "first": "B", "second": "C"}
    texts = ["单选", "哪一日", *TEXTS, "2"]
    together = read(csv_of(head, texts, ["单选", "几个县", "2", "3", "4", "5", "3"]), "x")
    assert [key(one.draft) for one in together.questions] == ["B", "C"]
    assert [codes(one) for one in together.questions] == [["table.key_as_number"]] * 2


def test_what_is_refused_says_why_and_in_which_cell():
    head = ["题型", "题干", *"ABCD", "答案"]
    rows = [
        ["单选", STEM, *TEXTS, ""],
        ["单选", STEM, *TEXTS, "F"],
        ["单选", STEM, *TEXTS, "都不是的话"],
        ["单选", STEM, "", "", "", "", "A"],
        ["热点题", STEM, "", "", "", "", "A"],
        ["", "", *TEXTS, "A"],
    ]
    found = read(csv_of(head, *rows), "x").questions
    errors = [next(note for note in one.problems if note.severity == "error") for one in found]
    assert [(note.code, note.where.cell or note.where.line) for note in errors] == [
        ("table.key_missing", "G2"), ("table.key_beyond", "G3"), ("table.key_unreadable", "G4"),
        ("table.options_missing", "C5"), ("table.kind_unsupported", 6), ("table.stem_missing", 7),
    ]  # fmt: skip


def test_options_in_the_stem_and_keys_in_its_brackets():
    head = ["题型", "题干", "答案"]
    inside = "贴在（ B ）。\nA. 大门\nB. 外墙\nC. 食堂"
    (question,) = read(csv_of(head, ["单选", inside, ""]), "x").questions
    assert (question.draft.stem, key(question.draft)) == ("贴在（ ）。", "B")
    assert codes(question) == ["table.options_from_stem"]
    twice = read(csv_of(head, ["单选", inside, "C"]), "x").questions[0]
    assert "table.keys_differ" in codes(twice)


def test_options_one_below_the_other_beside_a_merged_stem():
    def merged(workbook):
        sheet = workbook.worksheets()[0]
        sheet.merge_range(1, 0, 3, 0, STEM)

    rows = [["题干", "选项", "是否正确"], ["", "甲", ""], ["", "乙", "√"], ["", "丙", "√"]]
    (question,) = read(book({"题库": rows}, merged), "x").questions
    assert (question.draft.kind, key(question.draft)) == ("multiple", "BC")
    assert [one.text for one in question.draft.options] == ["甲", "乙", "丙"]


def test_merged_kinds_and_heading_rows_hold_for_the_rows_below():
    def merged(workbook):
        workbook.worksheets()[0].merge_range(1, 0, 2, 0, "判断题")

    rows = [["题型", "题干", "答案"], ["", "甲。", "对"], ["", "乙。", "错"]]
    found = read(book({"题库": rows}, merged), "x").questions
    assert [one.draft.kind for one in found] == ["true_false"] * 2
    assert not any(one.problems for one in found)
    rows = [["题目", *"ABC", "答案"], ["一、多选题"], [STEM, "甲", "乙", "丙", "AB"]]
    (question,) = read(book({"题库": rows}), "x").questions
    assert (question.draft.kind, codes(question)) == ("multiple", [])


def test_formulas_are_never_computed():
    def formulas(workbook):
        sheet = workbook.worksheets()[0]
        sheet.write_formula("A2", '="停机"&"步骤"', value="停机步骤")
        sheet.write_formula("B3", "=A9", value="")
        sheet.write_formula("A4", "=1/0", value="#DIV/0!")

    rows = [["题干", "答案"], ["", "先停机，再关阀。"], ["步骤", ""], ["", "甲"]]
    found = read(book({"题库": rows}, formulas), "x").questions
    assert found[0].draft.stem == "停机步骤"
    notes = [(note.code, note.where.cell) for one in found for note in one.problems]
    assert ("table.formula_kept", "A2") in notes
    assert ("table.formula_empty", "B3") in notes
    assert ("table.formula_error", "A4") in notes
    refused = ["error" in {note.severity for note in one.problems} for one in found]
    assert refused == [False, True, True]


def test_numbers_days_and_booleans_in_cells():
    def typed(workbook):
        sheet = workbook.worksheets()[0]
        day = workbook.add_format({"num_format": 'm"-"d'})
        sheet.write_number("B2", 6.0)
        sheet.write_number("B3", 0.25)
        sheet.write_datetime("B4", datetime.date(2026, 1, 2), day)

    rows = [["题干", "答案"], ["和是____"], ["份额是____"], ["章节是____"]]
    found = read(book({"填空题": rows}, typed), "x").questions
    said = [one.draft.blanks[0].accepted[0].text for one in found]
    assert said == ["6", "0.25", "2026-01-02"]
    (note,) = found[2].problems
    assert (note.code, note.where.cell, note.severity) == ("table.date_cell", "B4", "decision")
    assert note.params == {"first": "1-2", "second": "2026-01-02"}


def test_sheets_that_are_hidden_samples_or_something_else():
    rows = [["题干", *"ABC", "答案"], [STEM, *TEXTS[:3], "A"]]

    def hide(workbook):
        workbook.worksheets()[2].hide()

    sheets = {"安全单选题": rows, "填写样例": rows, "字典": rows, "说明": [["请先阅读", "说明"]]}
    reading = read(book(sheets, hide), "x.xlsx")
    assert [one.where.sheet for one in reading.questions] == ["安全单选题", "填写样例"]
    assert [codes(one) for one in reading.questions] == [
        [], ["table.kind_guessed", "table.sample"]
    ]  # fmt: skip
    assert [note.code for note in reading.problems] == ["table.sheet_hidden", "table.sheet_unused"]


def test_a_file_without_column_names_is_refused_with_what_was_found():
    reading = read(csv_of(["姓名", "工号"], ["张三", "001"]), "x.csv")
    assert not reading.questions
    assert [note.severity for note in reading.problems] == ["error"]
    assert "姓名" in reading.problems[0].params["found"]


def test_rows_that_share_a_material_are_one_case():
    head = ["材料", "题型", "题干", *"AB", "答案"]
    rows = [
        ["夜班时配电箱冒烟。", "单选", "先做什么", "断电", "拍照", "A"],
        ["夜班时配电箱冒烟。", "判断", "可以用水灭火。", "", "", "错"],
        ["", "单选", "另一题", "甲", "乙", "B"],
    ]
    found = read(csv_of(head, *rows), "x").questions
    assert [one.draft.kind for one in found] == ["case", "single"]
    assert [part.kind for part in found[0].draft.parts] == ["single", "true_false"]


def test_quotes_that_do_not_match_end_the_reading_with_the_line():
    reading = read('题干,答案\n甲____,1\n"乙____,2\n丙,3'.encode(), "x.csv")
    assert [one.draft.stem for one in reading.questions] == ["甲____"]
    assert [note.code for note in reading.problems] == ["table.quotes"]


def test_delimiters_of_all_sorts():
    for delimiter in ",\t;|":
        rows = [["题型", "题干", "选项A", "选项B", "答案"], ["单选", STEM, "甲", "乙", "B"]]
        data = "\n".join(delimiter.join(row) for row in rows).encode("utf-16")
        (question,) = read(data, "x").questions
        assert key(question.draft) == "B"
    (question,) = read(("sep=;\n题干;答案\n甲。;对").encode(), "x").questions
    assert question.draft.is_true


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf", "Cn", "Co"))
    | st.sampled_from("=+-@'＝（）()A；|_对√1,"),
    min_size=1,
    max_size=24,
).map(lambda text: " ".join(text.split())).filter(lambda text: text.strip())  # fmt: skip
WORD = TEXT.filter(lambda text: "____" not in text and "__" not in text)


@st.composite
def drafts(draw):
    stem = draw(WORD)
    kind = draw(
        st.sampled_from(
            [
                "single",
                "multiple",
                "true_false",
                "cloze",
                "numeric",
                "ordering",
                "matching",
                "essay",
            ]
        )
    )
    common = Draft(kind, stem, draw(st.just("") | WORD))
    texts = draw(st.lists(WORD, min_size=2, max_size=8, unique_by=str.casefold))
    if kind in ("single", "multiple"):
        right = {0} if kind == "single" else set(range(0, len(texts), 2))
        options = tuple(DraftOption(text, place in right) for place, text in enumerate(texts))
        return replace(common, options=options, is_fixed=draw(st.booleans()))
    if kind == "true_false":
        return replace(common, is_true=draw(st.booleans()))
    if kind == "cloze":
        blanks = tuple(DraftBlank((Accepted(text), Accepted(f"{text}!"))) for text in texts)
        return replace(common, stem=stem + f" {BLANK}" * len(blanks), blanks=blanks)
    if kind == "numeric":
        low = draw(st.integers(-1000, 1000))
        return replace(common, spans=(Span(str(low), str(low + 2)), Span("0.5", "0.5")), unit="副")
    if kind == "ordering":
        return replace(common, options=tuple(DraftOption(text) for text in texts))
    if kind == "matching":
        pairs = tuple((text, f"{text}…") for text in texts)
        return replace(common, pairs=pairs, extras=(draw(WORD),))
    rubric = tuple(Criterion(f"要点{n}", 1.5) for n in range(2))
    return replace(common, sample=draw(WORD), rubric=rubric)


@settings(max_examples=50, deadline=None)
@given(st.lists(drafts(), min_size=1, max_size=4))
def test_what_is_written_is_read_back(found):
    questions = [
        Question(draft, Where(), name=f"Q{n}", category=("安全", "消防"), tags=("甲", "乙"),
                 difficulty="hard", points=2.5, source="手册", clause="第三条", author="作者",
                 verified_on=datetime.date(2026, 1, 2), valid_until=datetime.date(2027, 1, 2),
                 workplace="值班室")
        for n, draft in enumerate(found)
    ]  # fmt: skip
    for written in (write(questions, {}), write_csv(questions)):
        assert not written.left_out
        reading = read(written.data, f"x{written.filename_extension}")
        assert [replace(one, where=Where()) for one in reading.questions] == questions
        assert not reading.problems


def test_a_case_is_read_back():
    parts = (Draft("true_false", "甲。", is_true=True), Draft("cloze", f"乙{BLANK}", blanks=(
        DraftBlank((Accepted("8"),)),)))  # fmt: skip
    case = Question(Draft("case", "材料\n两行", parts=parts), Where(), name="c1", points=4)
    other = replace(case, name="c2")
    found = read(write([case, other], {}).data, "x").questions
    assert [(one.draft, one.points) for one in found] == [(case.draft, 4)] * 2


def test_what_a_sheet_cannot_carry_is_said():
    options = (DraftOption("甲", True, 1.0, "好"), DraftOption("乙", False, -0.5))
    draft = Draft("single", "题", options=options, scoring="weighted", media=(Media("x", "image"),))
    hotspot = Draft("hotspot", "图")
    written = write([Question(draft, Where(line=3)), Question(hotspot, Where())], {})
    assert [(note.code, note.where.line) for note in written.left_out] == [
        ("table.lost_scoring", 3), ("table.lost_feedback", 3), ("table.lost_weights", 3),
        ("table.lost_media", 3), ("table.question_left_out", None),
    ]  # fmt: skip
    assert len(read(written.data, "x").questions) == 1


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋86", "'-1", "''=x", "'quoted'", "'")


def test_no_cell_of_a_csv_file_is_computed_and_quotes_come_back():
    for text in HOSTILE:
        assert unquoted(quoted(text)) == text
        assert not is_dangerous(text) or quoted(text).startswith("'")
    questions = [
        Question(Draft("true_false", text, is_true=True), Where())
        for text in HOSTILE
        if text.strip()
    ]
    written = write_csv(questions)
    cells = [
        line.split(",")[1].strip('"')
        for line in written.data.decode("utf-8-sig").split("\r\n")[1:-1]
    ]
    assert all(cell[:1] not in "=+-@\t＝＋－＠" for cell in cells)
    assert [one.draft.stem for one in read(written.data, "x.csv").questions] == list(HOSTILE)


def test_a_quote_that_the_exporter_did_not_add_stays():
    (question,) = read(csv_of(["题干", "答案"], ["'=SUM(A1)是公式吗", "对"]), "x.csv").questions
    assert question.draft.stem == "'=SUM(A1)是公式吗"


def test_a_workbook_holds_texts_only():
    questions = [Question(Draft("true_false", text, is_true=True), Where()) for text in HOSTILE]
    written = write(questions, {})
    parts = dict(unpack(written.data))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet
    assert b"quotePrefix" in parts["xl/styles.xml"]
    assert not [name for name in parts if "externalLink" in name]
    assert [one.draft.stem for one in read(written.data, "x").questions] == list(HOSTILE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_holds_examples_that_are_offered_only(language):
    reading = formats.read(template(language).data, "template.xlsx")
    assert reading.format == "table"
    assert [codes(one) for one in reading.questions] == [["table.sample"]] * 8
    for number, question in enumerate(reading.questions):
        built = building.build(question.draft, f"t-{number}")
        assert built.item is not None, built.problems


def test_the_old_workbook_is_refused_with_advice():
    for reader in (read, formats.read):
        reading = reader(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "x.xls")
        assert [note.code for note in reading.problems] == ["file.old_office"]


def test_hostile_workbooks_are_refused_by_name():
    rows = [["题干", "答案"], ["甲。", "对"]]
    reading = read(book({"x": rows})[:-200], "x.xlsx")
    assert [note.code for note in reading.problems] == ["file.archive_damaged"]

    def far(workbook):
        workbook.worksheets()[0].write_string(1_000_000, 0, "x")

    assert [note.code for note in read(book({"x": rows}, far), "x").problems] == ["file.sheet_rows"]
