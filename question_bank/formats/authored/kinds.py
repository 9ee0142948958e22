"""Names of kinds of questions, as authors write them in cells, headings and tags.

`choice` is no kind of item: it is what 选择题 says, and the number of right answers decides.
"""

import re

from question_bank.formats.authored.text import fold, narrow

CHOICE = "choice"

_NAMES = {
    "single": (
        "单项选择 单选 单项 单选择 单一选择 单 一选 A1型 A2型 最佳选择 single singlechoice "
        "singleanswer "
        "singleselect radio oneanswer mcq sc"
    ),
    "multiple": (
        "多项选择 多选 多项 多 复选 不定项选择 不定项 任选 X型 multiple multi multipleanswer "
        "multipleanswers multipleresponse multipleselect multiselect checkbox checkboxes mc mr"
    ),
    "true_false": (
        "判断 判断正误 判断对错 正误判断 对错判断 是非 是非判断 正误 对错 判 truefalse "
        "true/false tf "
        "t/f judge judgement judgment boolean bool yesno true_false"
    ),
    "cloze": (
        "填空 填充 单空填空 多空填空 完成句子 填 blank blanks fill fillin fillintheblank fill-in "
        "fillintheblanks fillblank fill_blank completion gap cloze shortanswer shorttext"
    ),
    "essay": (
        "简答 问答 论述 名词解释 简述 简析 主观 论文 作文 写作 翻译 计算 应用 分析 开放 陈述 "
        "实操 操作 "
        "口述 解答 证明 简 essay short openended open text paragraph longanswer subjective qa"
    ),
    "numeric": "数值 数字 数值填空 numeric numerical number",
    "ordering": "排序 排列 排序选择 顺序 ordering order sequence sequencing sort ranking",
    "matching": "匹配 连线 配对 搭配 matching match pairing",
    "case": (
        "案例 案例分析 材料 材料分析 材料题 阅读理解 共用题干 综合 综合分析 情景 情境 情景分析 "
        "case "
        "casestudy scenario comprehension"
    ),
    "hotspot": "热点 热区 点图 hotspot",
    CHOICE: "选择 choice 客观 选 multiplechoice",
}
_BY_NAME = {fold(name): kind for kind, names in _NAMES.items() for name in names.split()}
# What a heading or the name of a sheet says, the most telling words first.
_WITHIN = tuple(
    (word, kind)
    for kind, words in (
        ("single", "单项选择 单选 单项选 最佳选择"),
        ("multiple", "多项选择 多选 不定项 多项选"),
        ("true_false", "判断 是非题 正误题 对错题"),
        ("cloze", "填空 填充题"),
        ("ordering", "排序题 排列题"),
        ("matching", "连线题 匹配题 配对题"),
        ("case", "案例 材料分析 材料题 共用题干 综合题 综合分析 阅读理解 情景题 情境题"),
        ("essay", "简答 问答 论述 名词解释 主观题 计算题 分析题 应用题 作文 写作题 实操题 解答题"),
        ("numeric", "数值题"),
        (CHOICE, "选择题 选择"),
    )
    for word in words.split()
)
_ENGLISH = (
    (re.compile(r"true\s*(?:/|or|&|and)?\s*false|\bt\s*/\s*f\b|judg", re.I), "true_false"),
    (re.compile(r"multiple\s*(?:answers?|responses?|select)|checkbox", re.I), "multiple"),
    (re.compile(r"single\s*(?:choice|answer)|one\s+answer", re.I), "single"),
    (re.compile(r"multiple\s*choice", re.I), CHOICE),
    (re.compile(r"fill[\s-]*in|\bblanks?\b|short\s+answers?", re.I), "cloze"),
    (re.compile(r"essay|open[\s-]*ended|long\s+answers?", re.I), "essay"),
    (re.compile(r"match", re.I), "matching"),
    (re.compile(r"\border|sequenc", re.I), "ordering"),
)
_TAIL = re.compile(r"(?:试题|类型|题型|题目|题|类)$")
_WRAP = " \t:：.。、()（）[]【】《》<>*-_#"


def kind_named(text: str) -> str:
    """Return the kind whose name a text is, empty when it is none: `【单选题】` is `single`."""
    name = fold(narrow(text).strip(_WRAP)).replace("-", "").strip(_WRAP)
    for _ in range(3):
        if name in _BY_NAME:
            return _BY_NAME[name]
        shorter = _TAIL.sub("", name)
        if shorter == name:
            break
        name = shorter
    return ""


def kind_within(text: str) -> str:
    """Return the kind that a heading or the name of a sheet speaks of, empty when of none."""
    named = kind_named(text)
    if named:
        return named
    flat = "".join(text.split())
    places = [(flat.find(word), -len(word), kind) for word, kind in _WITHIN if word in flat]
    if places:
        return min(places)[2]
    return next((kind for pattern, kind in _ENGLISH if pattern.search(text)), "")
