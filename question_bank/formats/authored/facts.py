"""What a file says about a question beside its text: difficulty, points, tags, topics, dates."""

import re
from datetime import date

from question_bank.formats.authored.text import fold, narrow, tidy

_WORDS = {
    word: level
    for level, words in {
        "easy": (
            "易 容易 简单 较易 较容易 较简单 很简单 低 低级 初级 基础 一般以下 easy low e "
            "simple beginner a级"
        ),
        "medium": (
            "中 中等 适中 一般 普通 中级 中档 较难度中 medium normal middle moderate m "
            "intermediate b级"
        ),
        "hard": "难 困难 较难 很难 高 高级 偏难 难题 hard difficult high h advanced d expert c级",
    }.items()
    for word in words.split()
}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PATH = re.compile(r"\s*(?:>|＞|/|\\|→|::|»)\s*")
_TAGS = re.compile(r"[;；,，、|｜\n]+")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
# The levels of a scale of three and of five.
_SCALES = {
    3: ("easy", "medium", "hard"),
    5: ("easy", "easy", "medium", "hard", "hard"),
}


def difficulty(text: str, scale: int = 5) -> str | None:
    """Return easy, medium or hard; empty for an empty text, None for one that says neither.

    `scale` is the highest number of the scale, 3 or 5. A fraction is a facility: 0.85 is easy.
    """
    said = fold(text).removesuffix("级").removesuffix("度") if text else ""
    if not said:
        return ""
    for word in (said, fold(text)):
        if word in _WORDS:
            return _WORDS[word]
    stars = said.count("★") + said.count("⭐")
    number = _NUMBER.search(said)
    value = float(stars) if stars else float(number[0]) if number else None
    if value is None:
        return None
    if 0 < value < 1:
        return "easy" if value >= 0.7 else "medium" if value >= 0.4 else "hard"
    if value != int(value) or not 1 <= value <= 5:
        return None
    levels = _SCALES[3 if scale == 3 and value <= 3 else 5]
    return levels[int(value) - 1]


def points(text: str) -> float | None:
    """Return the points that a text such as `2` or `2分` gives; None when it gives none."""
    number = _NUMBER.search(narrow(text))
    return float(number[0]) if number else None


def tags(text: str) -> tuple[str, ...]:
    """Return the tags of a cell, each once."""
    return tuple(dict.fromkeys(tidy(one) for one in _TAGS.split(text) if one.strip()))


def path(text: str) -> tuple[str, ...]:
    """Return the path of topics in a cell such as `安全>消防`, from the top."""
    return tuple(tidy(one) for one in _PATH.split(text) if one.strip())


def day(text: str) -> date | None:
    """Return the day that a text such as `2026-01-31` or `2026年1月31日` names, or None."""
    match = _DATE.search(narrow(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
