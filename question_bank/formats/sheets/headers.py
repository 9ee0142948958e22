"""Finding the row of column names, and what each column is for, among many ways to say it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from question_bank.formats.authored.text import fold, tidy
from question_bank.formats.sheets.cells import cell_text
from question_bank.items.options import LETTERS

HEADER_WITHIN = 40

_NAMES = {
    "kind": (
        "题型 类型 试题类型 题目类型 试题题型 题目题型 问题类型 考题类型 题类 题目分型 type "
        "questiontype kind 试题种类 题种"
    ),
    "stem": (
        "题干 题目 试题 问题 试题内容 题目内容 题干内容 问题描述 题目描述 试题题干 试题题目 题面 "
        "问题内容 题目名称 试题名称 试题描述 标题 题目标题 考题 考题内容 题干描述 题目题干 "
        "question "
        "questions stem questiontext questiontitle prompt 题目正文 试题正文 内容 题文 描述 问 "
        "问题标题"
    ),
    "options": (
        "选项 试题选项 题目选项 备选项 备选答案 答案选项 候选答案 候选项 选项内容 可选项 待选项 "
        "选择项 "
        "可选答案 全部选项 所有选项 options choices option answeroptions"
    ),
    "answer": (
        "答案 正确答案 参考答案 标准答案 正确选项 试题答案 题目答案 答案内容 正确项 本题答案 答 "
        "正解 "
        "考题答案 标答 正确答案选项 answer answers key correct correctanswer correctanswers "
        "rightanswer correctoption solution 正确 答案项"
    ),
    "explanation": (
        "解析 答案解析 试题解析 题目解析 解释 详解 说明 分析 答案说明 答案解释 试题分析 答案详解 "
        "解题思路 讲解 注释 explanation explanations analysis rationale feedback 解答 解析内容"
    ),
    "difficulty": "难度 难易度 难度系数 难易程度 难度等级 试题难度 题目难度 难易 difficulty level",
    "tags": (
        "知识点 标签 考点 关键词 关键字 知识点标签 所属知识点 考核点 考核要点 技能点 tag tags "
        "keyword keywords knowledge knowledgepoint"
    ),
    "category": (
        "章节 分类 目录 题库 题库分类 所属章节 专业 科目 分区 试题分类 题目分类 模块 类别 章 单元 "
        "所属分类 所属题库 课程 主题 栏目 领域 category chapter topic section subject module "
        "所属模块"
    ),
    "points": (
        "分值 分数 得分 得分设置 默认分值 题目分值 试题分数 试题分值 每题分值 score points "
        "point mark marks 分"
    ),
    "number": "序号 题号 no num number 行号 顺序 排序号 index seq 序",
    "name": "编号 试题编号 题目编号 id 题目id 试题id code 代码 标识 questionid",
    "source": "来源 出处 依据 题目来源 试题来源 制度依据 依据文件 文件依据 教材 source reference",
    "clause": "条款 条文 依据条款 条款号 clause article",
    "author": "命题人 出题人 作者 编写人 author 出题者",
    "verified_on": "核对日期 核验日期 校对日期 verifiedon",
    "valid_until": "有效期至 有效期 失效日期 validuntil",
    "workplace": "适用岗位 岗位 适用对象 workplace",
    "unit": "答案单位 计量单位 数值单位 answerunit",
    "material": (
        "材料 案例 案例材料 共用题干 背景材料 材料内容 案例内容 题组材料 公共题干 大题题干 "
        "material passage stimulus 阅读材料"
    ),
    "fixed": "选项顺序固定 固定选项顺序 固定顺序 选项不乱序 fixedorder",
    "rubric": "评分标准 评分细则 采分点 评分要点 得分点 rubric criteria",
    "right": "是否正确 正确与否 是否答案 是否为答案 是否正确答案 是否正确选项 iscorrect isright",
    "time": "时间 时限 答题时间 timelimit seconds time",
}
_BY_NAME = {fold(name): what for what, names in _NAMES.items() for name in names.split()}
# What a longer name is about, the most telling words first.
_WITHIN = tuple(
    (re.compile(pattern, re.IGNORECASE), what)
    for pattern, what in (
        (r"解析|解释|详解|explanation|rationale", "explanation"),
        (r"是否.{0,2}(?:正确|答案)", "right"),
        (r"正确答案|标准答案|参考答案|正确选项|correct\s*(?:answer|option)", "answer"),
        (r"^(?:answer|答案).{0,4}选项|备选|候选", "options"),
        (r"题型|类型", "kind"),
        (r"难度|难易", "difficulty"),
        (r"知识点|标签|考点", "tags"),
        (r"章节|分类|目录", "category"),
        (r"分值|分数", "points"),
        (r"答案|answer", "answer"),
        (r"选项|options", "options"),
        (r"题干|题目|试题|问题|^question\b", "stem"),
        (r"time\s*limit", "time"),
        (r"序号|题号", "number"),
    )
)
_BRACKETED = re.compile(r"[(（【\[<《][^()（）【】\[\]<>《》]*[)）】\]>》]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_MARKS = re.compile(r"[*＊★\s:：.。、,，_\-—–#\"'“”？?]+")
_CHINESE_DIGITS = {digit: place for place, digit in enumerate("一二三四五六七八九十", start=1)}
_PLACE = r"([a-z]|\d{1,2}|[一二三四五六七八九十])"
_COUNTED = tuple(
    (re.compile(pattern), what)
    for pattern, what in (
        (rf"^(?:空|填空|空白|空格|第|blank|填空答案|答案空){_PLACE}空?$", "blank"),
        (rf"^(?:配对|匹配|右项|对应项|配对项|匹配项|match|right){_PLACE}$", "right_side"),
        (rf"^(?:干扰项|多余项|extra|distractor){_PLACE}$", "extra"),
        (
            r"^(?:选项|选择项|选择|备选项|备选答案|备选|候选项|答案选项|候选答案|选|答案|试题选项|题目选项|左项|"
            rf"option|choice|answer|opt|answeroption|item){_PLACE}$",
            "option",
        ),
        (rf"^{_PLACE}(?:选项|项|答案|option|answer|choice)$", "option"),
        (r"^([a-z])$", "option"),
        (r"^answer(\d)max\d+characters$", "option"),
    )
)


@dataclass(frozen=True, slots=True)
class Header:
    """A row of column names: which column is for what.

    `columns` maps a field to its column, from 0. `options`, `blanks`, `right_sides` and `extras`
    map a place, from 0, to its column. `unused` are names that say nothing known. `score` is how
    many columns were recognised.
    """

    index: int
    columns: dict[str, int] = field(default_factory=dict)
    options: dict[int, int] = field(default_factory=dict)
    blanks: dict[int, int] = field(default_factory=dict)
    right_sides: dict[int, int] = field(default_factory=dict)
    extras: dict[int, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    @property
    def score(self) -> int:
        """Return how many columns were recognised."""
        return len(self.columns) + len(self.options) + len(self.blanks)

    @property
    def is_usable(self) -> bool:
        """Tell whether questions can be read by it: a column for the stem and one that tests it."""
        others = self.columns.keys() & {"answer", "options", "kind", "right"}
        return "stem" in self.columns and bool(others or self.options or self.blanks)


def find_header(rows: Sequence[Sequence[object]]) -> Header | None:
    """Return the row of column names among the first rows, None when no row has any.

    Titles and instructions may stand above it. Of rows that are alike the first counts.
    """
    best: Header | None = None
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        names = [cell_text(cell) for cell in row]
        if sum(1 for name in names if name) < 2:
            continue
        header = read_header(names, index)
        if header.score and (best is None or _rank(header) > _rank(best)):
            best = header
    return best


def _rank(header: Header) -> tuple[bool, int]:
    return header.is_usable, header.score


def read_header(names: Sequence[str], index: int) -> Header:
    """Return what the columns of a row of names are for; a second column of a kind is unused."""
    header = Header(index, names=tuple(names))
    counted = {
        "option": header.options,
        "blank": header.blanks,
        "right_side": header.right_sides,
        "extra": header.extras,
    }
    unclear: list[tuple[int, str]] = []
    unused: list[str] = []
    marks: set[str] = set()
    for column, name in enumerate(names):
        what, place = _meaning(name)
        if what in counted:
            counted[what].setdefault(place, column)
        elif what:
            if header.columns.setdefault(what, column) != column:
                unused.append(name)
        elif name.startswith("#zhixing"):
            marks.add(name)
        elif name:
            unclear.append((column, name))
    for column, name in unclear:
        what = _about(name)
        if not what or header.columns.setdefault(what, column) != column:
            unused.append(tidy(name))
    return _finished(header, unused, marks)


def _finished(header: Header, unused: list[str], marks: set[str]) -> Header:
    """Settle what only the whole row tells: a lone 答案1 is no option, nor is a lone A."""
    if len(header.options) == 1 and not header.columns.keys() & {"options"}:
        (column,) = header.options.values()
        header.options.clear()
        if "answer" not in header.columns:
            header.columns["answer"] = column
    if header.options and header.columns.get("options") is not None:
        unused.append(header.names[header.columns.pop("options")])
    return Header(
        header.index,
        header.columns,
        dict(sorted(header.options.items())),
        dict(sorted(header.blanks.items())),
        dict(sorted(header.right_sides.items())),
        dict(sorted(header.extras.items())),
        header.names,
        tuple(unused),
        frozenset(marks),
    )


def _meaning(name: str) -> tuple[str, int]:
    """Return what a column is for by its whole name, and its place among columns of its sort."""
    for candidate in (_MARKS.sub("", _BRACKETED.sub("", fold(name))), _MARKS.sub("", fold(name))):
        flat = candidate.strip("()（）[]【】")
        if flat in _BY_NAME:
            return _BY_NAME[flat], 0
        for pattern, what in _COUNTED:
            match = pattern.match(flat)
            if match:
                return what, _place(match[1])
    for part in re.split(r"[/／|、,，]", name):
        flat = _MARKS.sub("", _BRACKETED.sub("", fold(part)))
        if flat in _BY_NAME and len(flat) > 1:
            return _BY_NAME[flat], 0
    return "", 0


def _about(name: str) -> str:
    """Return what a longer name is about; empty for names that are sentences."""
    if len(name) > 120 or "。" in name:
        return ""
    shorter = _BRACKETED.sub("", name) or name
    if len(shorter) > 14 and _CHINESE.search(shorter):
        return ""
    return next((what for pattern, what in _WITHIN if pattern.search(shorter)), "")


def _place(text: str) -> int:
    if text in _CHINESE_DIGITS:
        return _CHINESE_DIGITS[text] - 1
    return int(text) - 1 if text.isdigit() else LETTERS.lower().index(text)
