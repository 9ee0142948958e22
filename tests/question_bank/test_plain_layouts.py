"""Every mix of numbering, options, place of the key and marking of the kind gives the same drafts.

The questions are invented; each layout below is one that people use. A mix is left out only where
it could not be read by a person either.
"""

import itertools

import pytest

from question_bank.formats.plain import read

CHOICES = (
    ("single", "青石公司的值班电话贴在{}。", ("大门", "值班室外墙", "食堂", "仓库"), "B"),
    ("multiple", "云杉泵停机步骤包括{}", ("降速", "关阀", "拆泵", "挂牌", "上锁"), "ABDE"),
    ("single", "灰灯亮起时应当{}", ("离开 3 米", "关闭电源", "报告班长", "继续作业"), "C"),
    ("multiple", "以下属于虚构危险源的有{}。", ("高台", "绿植", "裸线"), "AC"),
)
STATEMENTS = (
    ("进入甲类区须登记。", True),
    ("灰灯亮时可以不报告。", False),
    ("记录可以补写。", False),
)

NUMBERINGS = {
    "1.": "{}. ",
    "1、": "{}、",
    "1．": "{}．",
    "1:": "{}: ",
    "1)": "{}) ",
    "1）": "{}）",
    "(1)": "({})",
    "（1）": "（{}）",
    "第1题": "第{}题 ",
    "第1题：": "第{}题：",
    "【1】": "【{}】",
    "问题1：": "问题{}：",
    "1 ": "{} ",
    "Q1.": "Q{}. ",
}
CHINESE_DIGITS = "一二三四五六七八九十"


def letters(style):
    def lines(options):
        return [style.format(chr(ord("A") + place), text) for place, text in enumerate(options)]

    return lines


OPTIONS = {
    "A.": letters("{}. {}"),
    "A、": letters("{}、{}"),
    "A．": letters("{}．{}"),
    "A:": letters("{}:{}"),
    "A：": letters("{}：{}"),
    "A)": letters("{}) {}"),
    "A）": letters("{}）{}"),
    "(A)": letters("({}) {}"),
    "（A）": letters("（{}）{}"),
    "【A】": letters("【{}】{}"),
    "A ": letters("{} {}"),
    "Ａ．": lambda options: [
        f"{chr(ord('Ａ') + place)}．{text}" for place, text in enumerate(options)
    ],
    "a.": lambda options: [
        f"{chr(ord('a') + place)}. {text}" for place, text in enumerate(options)
    ],
    "one line": lambda options: ["  ".join(letters("{}. {}")(options))],
    "one line, wide space": lambda options: ["　".join(letters("{}、{}")(options))],
    "one line, tab": lambda options: ["\t".join(letters("{}.{}")(options))],
    "one line, semicolons": lambda options: ["；".join(letters("{}．{}")(options))],
    "glued": lambda options: ["".join(letters("({}){}")(options))],
    "glued, stops": lambda options: ["".join(letters("{}．{}")(options))],
    "two lines": lambda options: [
        "  ".join(letters("{}. {}")(options)[:2]),
        "  ".join(letters("{}. {}")(options)[2:]),
    ],
    "blank lines": lambda options: list(
        itertools.chain(*(("", line) for line in letters("{}. {}")(options)))
    ),
    "indented": lambda options: [f"    {line}" for line in letters("{}. {}")(options)],
}

KEYS = (
    "（{}）",
    "（ {} ）",
    "( {} )",
    "(  {})",
    "【{}】",
    "答案：{}",
    "答案:{}",
    "正确答案：{}",
    "参考答案: {}",
    "【答案】{}",
    "【答案：{}】",
    "[答案]{}",
    "答：{}",
    "标准答案是：{}",
    "答案 {}",
    "Answer: {}",
    "block",
    "block of single ones",
    "block in lines",
    "block under headings",
)

KINDS = ("heading", "tag 【】", "tag []", "tag ：", "none", "counted heading", "heading of choices")


def spelled(key, how):
    if how == "comma":
        return ",".join(key)
    if how == "、":
        return "、".join(key)
    if how == "spaces":
        return " ".join(key)
    if how == "wide":
        return "".join(chr(ord(one) + 0xFEE0) for one in key)
    if how == "small":
        return key.lower()
    return key


def ordered():
    """The choices as files have them: single ones first."""
    return sorted(CHOICES, key=lambda choice: choice[0] != "single")


def paper(
    numbering="1.", options="A.", key="答案：{}", kind="heading", spelling="plain", wrap=None
):
    """Write a paper of the choices in one layout."""
    lines = []
    in_stem = key[0] in "（(" or key == "【{}】"
    last_kind, number, listed = None, 0, []
    for said, stem, texts, answer in ordered():
        if kind.endswith("heading") and said != last_kind:
            name = {"single": "一、单项选择题", "multiple": "二、多选题"}[said]
            lines.append(f"{name}（每题2分，共4分）" if kind == "counted heading" else name)
            number = 0
            listed.append((name, []))
        if kind == "heading of choices" and last_kind is None:
            lines.append("一、选择题")
        if not listed:
            listed.append(("", []))
        last_kind, number = said, number + 1
        tag = {
            "tag 【】": {"single": "【单选题】", "multiple": "【多选题】"},
            "tag []": {"single": "[单选]", "multiple": "[多选]"},
            "tag ：": {"single": "单选题：", "multiple": "多选题："},
        }.get(kind, {}).get(said, "")
        gap = key.format(spelled(answer, spelling)) if in_stem else "（  ）"
        lines.append(NUMBERINGS[numbering].format(number) + tag + stem.format(gap))
        lines += OPTIONS[options](texts)
        if not in_stem and not key.startswith("block"):
            lines.append(key.format(spelled(answer, spelling)))
        listed[-1][1].append((number, answer))
    return "\n".join([*lines, *block(key, listed)])


def block(key, listed):
    if not key.startswith("block"):
        return []
    lines = ["", "参考答案"]
    for heading, answers in listed:
        if heading and (key == "block under headings" or len(listed) > 1):
            lines.append(heading)
        if key == "block in lines":
            lines += [f"{number}. {answer}" for number, answer in answers]
        elif key == "block of single ones":
            lines.append("  ".join(f"{number}.{answer}" for number, answer in answers))
        else:
            together = " ".join(answer for _, answer in answers)
            lines.append(f"{answers[0][0]}-{answers[-1][0]}: {together}")
    return lines


def said(draft):
    key = "".join("ABCDEFGH"[place] for place, o in enumerate(draft.options) if o.is_right)
    return draft.kind, draft.stem, tuple(option.text for option in draft.options), key


EXPECTED = [(kind, stem.format("（ ）"), texts, key) for kind, stem, texts, key in ordered()]


def check(text):
    reading = read(text.encode(), "paper.txt")
    assert [said(question.draft) for question in reading.questions] == EXPECTED, text
    wrong = [
        note
        for question in reading.questions
        for note in question.problems
        if note.severity in ("error", "decision")
    ]
    assert not wrong, (text, wrong)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("numbering", NUMBERINGS)
def test_choices_in_every_layout(numbering, options):
    # Every fourth place of the key, another four for the next pair: all pairs are met.
    first = list(NUMBERINGS).index(numbering) + list(OPTIONS).index(options)
    for key in KEYS[first % 4 :: 4]:
        check(paper(numbering=numbering, options=options, key=key))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("numbering", ["1.", "1、", "（1）"])
def test_every_way_to_say_the_kind(numbering, key, kind):
    check(paper(numbering=numbering, key=key, kind=kind))


@pytest.mark.parametrize("spelling", ["comma", "、", "spaces", "wide", "small"])
@pytest.mark.parametrize("key", [key for key in KEYS if not key.startswith("block")])
@pytest.mark.parametrize("kind", ["heading", "none"])
def test_every_spelling_of_the_key(key, spelling, kind):
    if key == "答案 {}" and spelling in ("comma", "、", "spaces"):
        pytest.skip("without a colon a key is told from a sentence by its being one word")
    check(paper(key=key, spelling=spelling, kind=kind))


MARKS = (("√", "×"), ("对", "错"), ("正确", "错误"), ("✓", "✗"), ("T", "F"), ("是", "否"))
JUDGES = (
    "{stem}（{mark}）",
    "{stem}（ {mark} ）",
    "{stem}( {mark} )",
    "{stem}      （{mark}）",
    "({mark}){stem}",
    "{stem}（  ）\n答案：{mark}",
    "{stem}\n正确答案：{mark}",
    "{stem}\n【答案】{mark}",
)


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("numbering", [*NUMBERINGS, ""])
def test_statements_in_every_layout(numbering, marks):
    for judge in JUDGES:
        check_statements(numbering, marks, judge)


def check_statements(numbering, marks, judge):
    lines = ["三、判断题（对的打√，错的打×）"]
    for number, (stem, is_true) in enumerate(STATEMENTS, start=1):
        mark = marks[0] if is_true else marks[1]
        lead = NUMBERINGS.get(numbering, "").format(number)
        lines.append(lead + judge.format(stem=stem, mark=mark))
    reading = read("\n".join(lines).encode(), "paper.txt")
    found = [(one.draft.kind, one.draft.stem, one.draft.is_true) for one in reading.questions]
    assert found == [("true_false", stem, is_true) for stem, is_true in STATEMENTS], lines
    assert not [note for one in reading.questions for note in one.problems]
