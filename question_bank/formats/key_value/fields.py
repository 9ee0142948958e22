"""The pieces of a question in an object, found by the names of its fields."""

import re
from collections.abc import Sequence
from typing import Any

from question_bank.formats.authored.options import split_options, unlabelled
from question_bank.formats.authored.text import fold, tidy
from question_bank.items.options import LETTERS

_NAMES = {
    "kind": "type kind questiontype question_type typelabel 题型 类型 qtype",
    "stem": (
        "question stem questiontext question_text title content text prompt 题干 题目 问题 试题 "
        "题目内容 试题内容 body q name"
    ),
    "options": "options choices option 选项 answers answeroptions answer_options alternatives opts",
    "answer": (
        "answerkeys answer_keys correctanswers correct_answers correctanswer correct_answer "
        "correct "
        "correctoption correct_option rightanswer right_answer label answerkey answer_key "
        "answer 答案 "
        "正确答案 参考答案 标准答案 key solution answerindex answer_index correctindex answertext"
    ),
    "blanks": "blankanswers blank_answers blanks 填空答案",
    "explanation": (
        "analysis explanation explain 解析 答案解析 rationale feedback solutiontext reason"
    ),
    "difficulty": "difficulty level 难度",
    "tags": "tags tag 知识点 标签 考点 keywords knowledge",
    "category": "topic category chapter subject section 章节 分类 目录",
    "points": "score points point 分值 分数",
    "material": "passage material stimulus context 材料 案例 共用题干",
    "name": "id uuid uid 编号",
    "source": "source 来源 出处",
}
_LETTER = re.compile(
    r"^(?:option|choice|opt|选项|答案)?[_ -]?([a-z])$|^(?:option|choice|选项)[_ -]?(\d)$"
)


def named(value: dict[str, Any], what: str) -> Any:
    """Return the first field of this meaning that holds something, None without one."""
    folded = {fold(key): one for key, one in value.items()}
    for name in _NAMES[what].split():
        found = folded.get(name)
        if found is not None and found != "" and found != [] and found != {}:
            return found
    return None


def has_stem(value: dict[str, Any]) -> bool:
    """Tell whether an object names the text of its question."""
    return isinstance(named(value, "stem"), str) and len(value) > 1


def text_of(value: Any) -> str:
    """Return a value as text: lists as lines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return "\n".join(text for one in value if (text := text_of(one)))
    if isinstance(value, dict):
        found = next(
            (value[key] for key in ("text", "content", "value", "内容") if key in value), ""
        )
        return text_of(found)
    return tidy(str(value))


def options_of(value: dict[str, Any]) -> tuple[list[tuple[str, str]], str]:
    """Return the options as (letter, text), and the letters of those marked as right."""
    found = named(value, "options")
    if isinstance(found, dict):
        pairs = [(fold(key).upper(), text_of(one)) for key, one in found.items()]
        if all(len(label) == 1 and label in LETTERS for label, _ in pairs):
            return sorted(pairs), ""
        return _lettered([text for _, text in pairs]), ""
    if isinstance(found, list) and found:
        return _from_list(found)
    if isinstance(found, str):
        return split_options(found), ""
    lettered = sorted(
        (_letter(match), text_of(one))
        for key, one in value.items()
        if (match := _LETTER.match(fold(key))) and text_of(one)
    )
    return (lettered if len(lettered) > 1 else []), ""


def _letter(match: re.Match[str]) -> str:
    return match[1].upper() if match[1] else LETTERS[int(match[2]) - 1]


def _from_list(found: Sequence[Any]) -> tuple[list[tuple[str, str]], str]:
    if not all(isinstance(one, dict) for one in found):
        return _lettered(unlabelled([text_of(one) for one in found])), ""
    texts = [text_of(one) for one in found]
    labels = [_label(one) for one in found]
    if not all(len(label) == 1 and label in LETTERS for label in labels):
        labels = list(LETTERS[: len(texts)])
    flags = ("correct", "isCorrect", "is_correct", "right", "isRight", "isAnswer", "is_answer")
    right = "".join(
        label
        for label, one in zip(labels, found, strict=False)
        if any(one.get(flag) is True for flag in flags)
    )
    return list(zip(labels, texts, strict=False)), right


def _label(option: dict[str, Any]) -> str:
    keys = ("key", "label", "id", "option", "letter", "标号")
    return next((fold(str(option[key])).upper() for key in keys if key in option), "")


def _lettered(texts: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(LETTERS, texts, strict=False))
