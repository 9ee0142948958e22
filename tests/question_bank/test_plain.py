"""Pasted text: lists of answers, traps in numbering, cases, and that no line is lost."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import formats
from question_bank.formats.plain import read
from question_bank.formats.plain.keyblocks import entries_of, unnumbered


def reading_of(text):
    return read(text.encode(), "paper.txt")


def key(draft):
    if draft.kind == "true_false":
        return draft.is_true
    if draft.kind == "cloze":
        return [[one.text for one in blank.accepted] for blank in draft.blanks]
    if draft.kind == "essay":
        return draft.sample
    return "".join("ABCDEFGHIJ"[n] for n, one in enumerate(draft.options) if one.is_right)


def keys_of(text):
    return [key(one.draft) for one in reading_of(text).questions]


def codes(question):
    return [note.code for note in question.problems]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1-5 ABCDA", "A B C D A"),
        ("1~5：A B C D A", "A B C D A"),
        ("1—5、ABCDA", "A B C D A"),
        ("1-3: AB ACD BC", "AB ACD BC"),
        ("1.D 2.A 3.BC", "D A BC"),
        ("1、D；2、A；3、BC", "D A BC"),
        ("1D2A3C", "D A C"),
        ("1．√ 2．× 3．√", "√ × √"),
        ("1-4 √×√√", "√ × √ √"),
        ("1-3 对错对", "对 错 对"),
        ("（1）A（2）B", "A B"),
        ("1.(A) 2.(B)", "A B"),
        ("1-2 AB 3.C", "A B C"),
        ("1--5 ABCDA", "A B C D A"),
        ("1 A  2 B", "A B"),
    ],
)
def test_lines_of_keys(line, expected):
    assert [said for _, said in entries_of(line)] == expected.split()


@pytest.mark.parametrize(
    "line",
    ["1. 先关电，再报告", "第 3.2 条", "2024-2025 年", "1-5 ABCD", "答案见附件", "A. 甲"],
)
def test_lines_that_are_no_keys(line):
    assert entries_of(line) == []


def test_keys_without_numbers():
    assert unnumbered("ABCDA") == list("ABCDA")
    assert unnumbered("A B AC") == ["A", "B", "AC"]
    assert unnumbered("√×√") == list("√×√")
    assert unnumbered("先向东") == []


PAPER = """一、单选题
1. 甲题（ ）
A. 子  B. 丑
2. 乙题（ ）
A. 子  B. 丑
二、多选题
1. 丙题（ ）
A. 子  B. 丑  C. 寅
三、判断题
1. 丁题。
2. 戊题。
四、填空题
1. 己题____，____。
五、简答题
1. 庚题？
"""
WANTED = ["A", "B", "AC", True, False, [["子"], ["丑"]], "先子后丑。\n再寅。"]


@pytest.mark.parametrize(
    "block",
    [
        "参考答案\n一、单选题\n1-2 AB\n二、多选题\n1.AC\n三、判断题\n1.√ 2.×\n四、填空题\n"
        "1. 子；丑\n五、简答题\n1. 先子后丑。\n再寅。",
        "答案及解析：\n一、单选题\n1.A 2.B\n二、多选题\n1.AC\n三、判断题\n1.对 2.错\n四、填空题\n"
        "1.子；丑\n五、简答题\n1.先子后丑。\n再寅。",
        "附：标准答案\n单选题：\n1、A\n2、B\n多选题：\n1、AC\n判断题：\n1、正确\n2、错误\n填空题：\n"
        "1、子；丑\n简答题：\n1、先子后丑。\n再寅。",
        "参考答案\n一、单选题\n1. 【答案】A\n2. 【答案】B\n二、多选题\n1. 【答案】AC\n三、判断题\n"
        "1. 【答案】√\n2. 【答案】×\n四、填空题\n1. 【答案】子；丑\n五、简答题\n"
        "1. 【答案】先子后丑。\n再寅。",
        "答案：\n一、单选题：1、A 2、B\n二、多选题：1、AC\n三、判断题：1、√ 2、×\n四、填空题\n"
        "1、子；丑\n五、简答题\n1、先子后丑。\n再寅。",
        "参考答案\n1.A 2.B\n1.AC\n1.√ 2.×\n1. 子；丑\n1. 先子后丑。\n再寅。",
    ],
)
def test_answers_listed_behind_the_questions(block):
    reading = reading_of(f"{PAPER}\n{block}")
    assert [key(one.draft) for one in reading.questions] == WANTED
    assert not reading.problems


def test_keys_below_their_numbers():
    text = "1.甲\nA.子\nB.丑\n2.乙\nA.子\nB.丑\n答案\n题号 1 2\n答案 B A"
    assert keys_of(text) == ["B", "A"]
    assert not reading_of(text).problems


def test_a_tag_may_stand_before_the_number():
    text = (
        "【单选题】1.甲？\nA:子\nB:丑\n正确答案：B\n答案解析：因为丑\n"
        "【判断题】2.乙。\n正确答案：对"
    )
    found = reading_of(text).questions
    assert [(one.draft.kind, one.draft.stem, key(one.draft)) for one in found] == [
        ("single", "甲？", "B"), ("true_false", "乙。", True)
    ]  # fmt: skip
    assert found[0].draft.explanation == "因为丑"


def test_answers_below_each_section():
    text = (
        "一、单选题\n1. 甲\nA. 子 B. 丑\n2. 乙\nA. 子 B. 丑\n答案：1.A 2.B\n"
        "二、判断题\n1. 丙。\n答案：1.√"
    )
    assert keys_of(text) == ["A", "B", True]


def test_chapters_with_their_own_lists():
    part = "第{}章 {}\n一、单选题\n1. 甲{}（ ）\nA. 子  B. 丑\n参考答案\n1. {}\n"
    text = part.format("一", "消防", 1, "B") + part.format("二", "用电", 2, "A")
    reading = reading_of(text)
    assert [key(one.draft) for one in reading.questions] == ["B", "A"]
    assert [one.category for one in reading.questions] == [("第一章 消防",), ("第二章 用电",)]


def test_answers_that_belong_to_nothing_are_reported():
    reading = reading_of("1. 甲（ ）\nA. 子  B. 丑\n参考答案\n1. A\n2. B")
    assert [(note.code, note.params["number"]) for note in reading.problems] == [
        ("table.key_unused", 2)
    ]


def test_numbers_inside_answers_and_stems_are_no_questions():
    text = """三、简答题
3、简述步骤。
答：1、先关电；
2、挂牌；
3、验电；
4、施工。
4、简述要求。
答：穿戴防护用品。
5、下列说法正确的有：
1. 可以停车
2. 不可停车
答案：不可停车
"""
    reading = reading_of(text)
    assert [one.draft.stem.split("\n")[0] for one in reading.questions] == [
        "简述步骤。", "简述要求。", "下列说法正确的有："
    ]  # fmt: skip
    assert key(reading.questions[0].draft).count("\n") == 3


def test_decimals_and_clauses_at_the_start_of_a_line_are_no_numbers():
    text = (
        "1. 甲（ A ）\nA. 子\nB. 丑\n解析：见手册\n3.2 条，以及\n2.5 米的规定\n"
        "2. 乙（ B ）\nA. 子\nB. 丑"
    )
    reading = reading_of(text)
    assert [key(one.draft) for one in reading.questions] == ["A", "B"]
    assert reading.questions[0].draft.explanation == "见手册\n3.2 条，以及\n2.5 米的规定"


def test_a_gap_in_the_numbers_is_reported():
    text = "1. 甲（A）\nA. 子\nB. 丑\n4. 乙（B）\nA. 子\nB. 丑"
    (note,) = reading_of(text).problems
    assert (note.code, note.params) == ("table.number_gap", {"before": 1, "after": 4})


def test_options_beyond_g_and_letters_in_stems():
    options = "\n".join(f"{letter}. 选项{letter}" for letter in "ABCDEFGHIJ")
    reading = reading_of(f"1. A、B两物体与A、B、C三点的关系（ AJ ）\n{options}")
    (question,) = reading.questions
    assert len(question.draft.options) == 10
    assert (question.draft.kind, key(question.draft)) == ("multiple", "AJ")
    assert question.draft.stem == "A、B两物体与A、B、C三点的关系（ ）"


def test_a_letter_in_brackets_beside_an_empty_bracket_is_asked_about():
    both = "1. 关于（A）类火灾，做法是（ ）\nA. 子\nB. 丑"
    assert "table.key_in_stem" in codes(reading_of(both).questions[0])
    told = reading_of(f"{both}\n答案：B").questions[0]
    assert (key(told.draft), told.draft.stem) == ("B", "关于（A）类火灾，做法是（ ）")
    assert codes(told) == ["table.kind_guessed"]


def test_two_keys_that_differ_wait_for_a_person():
    (question,) = reading_of("1. 甲（ A ）\nA. 子\nB. 丑\n答案：B").questions
    (note,) = [one for one in question.problems if one.severity == "decision"]
    assert (note.code, note.params) == ("table.keys_differ", {"first": "A", "second": "B"})


def test_a_material_and_its_questions_are_one_case():
    text = """根据以下材料，回答 1～2 题：
夜班时配电箱冒烟。
1. 单选题：先做什么（ A ）
A. 断电  B. 拍照
2. 判断题：可以用水灭火。（×）
3. 单选题：另一题（ B ）
A. 子  B. 丑
"""
    reading = reading_of(text)
    assert [one.draft.kind for one in reading.questions] == ["case", "single"]
    case = reading.questions[0].draft
    assert [key(part) for part in case.parts] == ["A", False]
    assert "夜班时配电箱冒烟。" in case.stem
    assert not reading.problems


def test_numbered_parts_below_a_case():
    text = """一、案例分析题
1. 夜班时配电箱冒烟。
（1）先做什么（ ）
A. 断电  B. 拍照
（2）可以做的有（ ）
A. 报警  B. 断电  C. 泼水
答案：（1）A （2）AB
"""
    (question,) = reading_of(text).questions
    assert [(part.kind, key(part)) for part in question.draft.parts] == [
        ("single", "A"), ("multiple", "AB")
    ]  # fmt: skip


def test_questions_glued_into_one_line():
    text = (
        "某厂有三座仓库。据此完成 1～2 题。 1．主要原因是（ ） A．子 B．丑 C．寅 D．卯 "
        "2．直接目的是（ ） A．子 B．丑 C．寅 D．卯"
    )
    (case,) = reading_of(text).questions
    assert [len(part.options) for part in case.draft.parts] == [4, 4]
    assert case.draft.stem == "某厂有三座仓库。据此完成 1～2 题。"


def test_questions_without_numbers():
    text = """一、单选题
甲题【答案：B】
A. 子
B. 丑
乙题（A）
A. 子
B. 丑
二、判断题
丙题。（对）
丁题。（错）
"""
    assert keys_of(text) == ["B", "A", True, False]


def test_facts_about_a_question():
    text = (
        "1.（3分）甲（A）\nA. 子\nB. 丑\n解析：因为子。\n难度：难\n知识点：消防、用电\n来源：手册"
    )
    (question,) = reading_of(text).questions
    assert (question.points, question.difficulty) == (3, "hard")
    assert (question.tags, question.source) == (("消防", "用电"), "手册")
    assert question.draft.explanation == "因为子。"


def test_options_that_speak_of_others_keep_their_order():
    (question,) = reading_of("1. 甲（C）\nA. 子\nB. 丑\nC. 以上都对").questions
    assert question.draft.is_fixed


def test_blank_brackets_of_a_cloze():
    text = (
        "四、填空题\n1. 周期为（ ）小时，保存（ ）年。\n答案：8；三\n2. 包括（造纸术）、（火药）。"
    )
    found = reading_of(text).questions
    assert [key(one.draft) for one in found] == [[["8"], ["三"]], [["造纸术"], ["火药"]]]
    assert codes(found[1]) == ["table.blanks_in_brackets"]


LINE = st.sampled_from(
    ["一、单选题", "1. 甲（ ）", "2、乙", "A. 子", "B. 丑", "A. 子 B. 丑", "答案：A", "解析：因为",
     "参考答案", "1-2 AB", "", "文字", "（√）", "（1）丙", "【答案】B", "据此回答下列问题",
     "第一章 总则", "```", "三、判断题", "1.", "答案：", "A、B、C"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(LINE, max_size=14))
def test_no_line_is_lost(lines):
    marked = [f"{line}唯{n}" if line and not line.startswith("```") else line
              for n, line in enumerate(lines)]  # fmt: skip
    reading = reading_of("\n".join(marked))
    told = repr(reading)
    for number, line in enumerate(lines):
        is_heading = line in ("一、单选题", "三、判断题", "参考答案", "第一章 总则")
        if line and not is_heading and not line.startswith("```"):
            assert f"唯{number}" in told, marked


def test_a_long_line_of_no_question_is_told_whole():
    stray = "据此回答下列问题，" * 20 + "完"
    assert stray in repr(reading_of(f"1. 甲（ ）\nA. 子\nB. 丑\n答案：A\n\n{stray}"))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_an_exception(text):
    reading_of(text)


@pytest.mark.parametrize(
    "text",
    ["A. x " * 40_000, "（" * 100_000, "【答案】" * 20_000, "1-" * 80_000, "答案：" * 40_000,
     "题（A）" * 20_000 + "\nA. x\nB. y", "_" * 200_000, "1. A " * 40_000,
     "A 甲 B 乙 " * 20_000],
)  # fmt: skip
def test_long_lines_take_no_longer_than_their_length(text):
    begins = time.process_time()
    reading_of(text)
    assert time.process_time() - begins < 8


def test_the_registry_reads_text():
    reading = formats.read("1. 甲（A）\nA. 子\nB. 丑".encode("gb18030"), "题库.txt")
    assert (reading.format, reading.encoding) == ("plain", "gb18030")
