"""The columns of sheets that the house writes, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from question_bank.formats.sheets.quoting import EXPORT_MARK
from question_bank.items.options import LETTERS

# A mark in the last column tells the reader that texts are to be taken just as they are.
EXACT_MARK = "#zhixing-table"
LEAST_OPTIONS = 4

_NAMES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "kind": "题型", "stem": "题干", "option": "选项{}", "answer": "答案", "blank": "空{}",
        "fixed": "选项顺序固定",
        "right_side": "配对{}", "extra": "干扰项{}", "unit": "答案单位", "rubric": "评分标准",
        "explanation": "解析", "difficulty": "难度", "tags": "知识点", "category": "章节",
        "points": "分值", "material": "材料", "source": "来源", "clause": "条款", "author": "作者",
        "verified_on": "核对日期", "valid_until": "有效期至", "workplace": "适用岗位",
        "name": "编号",
    },
    "en": {
        "kind": "Type", "stem": "Question", "option": "Option {}", "answer": "Answer",
        "fixed": "Fixed order",
        "blank": "Blank {}", "right_side": "Match {}", "extra": "Extra {}", "unit": "Answer unit",
        "rubric": "Rubric", "explanation": "Explanation", "difficulty": "Difficulty",
        "tags": "Tags", "category": "Chapter", "points": "Points", "material": "Material",
        "source": "Source", "clause": "Clause", "author": "Author", "verified_on": "Verified on",
        "valid_until": "Valid until", "workplace": "Workplace", "name": "ID",
    },
}  # fmt: skip
KINDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "single": "单选题", "multiple": "多选题", "true_false": "判断题", "cloze": "填空题",
        "numeric": "数值题", "ordering": "排序题", "matching": "连线题", "essay": "简答题",
    },
    "en": {
        "single": "Single choice", "multiple": "Multiple answers", "true_false": "True/false",
        "cloze": "Fill in the blanks", "numeric": "Numeric", "ordering": "Ordering",
        "matching": "Matching", "essay": "Essay",
    },
}  # fmt: skip
DIFFICULTIES: Mapping[str, Mapping[str, str]] = {
    "zh": {"easy": "易", "medium": "中", "hard": "难"},
    "en": {"easy": "easy", "medium": "medium", "hard": "hard"},
}
TRUTHS: Mapping[str, Mapping[bool, str]] = {
    "zh": {True: "对", False: "错"},
    "en": {True: "TRUE", False: "FALSE"},
}
REQUIRED = frozenset({"kind", "stem", "answer"})
_WIDTHS = {"stem": 48, "explanation": 40, "material": 40, "option": 18, "rubric": 30, "answer": 14}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field, its place among columns of its sort (from 0), its name, its width."""

    field: str
    place: int
    name: str
    width: int = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """How many columns of each sort that is counted are needed."""

    options: int = LEAST_OPTIONS
    blanks: int = 0
    right_sides: int = 0
    extras: int = 0


def columns(counts: Counts, fields: Sequence[str], language: str = "zh") -> list[Column]:
    """Return the columns of a sheet: the question, what answers it, then the other `fields`."""
    names = _NAMES[language]
    found = [_column(names, field) for field in ("kind", "stem")]
    found += _counted(names, "option", [LETTERS[place] for place in range(counts.options)])
    found.append(_column(names, "answer"))
    found += _counted(names, "blank", [str(place + 1) for place in range(counts.blanks)])
    found += _counted(names, "right_side", [LETTERS[place] for place in range(counts.right_sides)])
    found += _counted(names, "extra", [str(place + 1) for place in range(counts.extras)])
    return found + [_column(names, field) for field in fields]


def _column(names: Mapping[str, str], field: str) -> Column:
    return Column(field, 0, names[field], _WIDTHS.get(field, 12))


def _counted(names: Mapping[str, str], field: str, labels: Sequence[str]) -> list[Column]:
    width = _WIDTHS.get(field, 14)
    return [
        Column(field, place, names[field].format(label), width)
        for place, label in enumerate(labels)
    ]


def mark(extension: str) -> str:
    """Return the mark of a file of this ending: a CSV file has quotes that were added."""
    return EXPORT_MARK if extension == ".csv" else EXACT_MARK
