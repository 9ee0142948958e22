"""Headings of sections, chapters and lists of answers."""

import re
from dataclasses import dataclass

from question_bank.formats.authored.kinds import kind_named, kind_within
from question_bank.formats.authored.text import narrow, tidy

CHINESE = "一二三四五六七八九十百"
_ORDINAL = re.compile(
    rf"^\s*(?:第\s*[{CHINESE}\d]{{1,4}}\s*(?:部分|大题|节|项)?|[{CHINESE}]{{1,3}}(?=\s*[、.:：．\s])|"
    rf"[(]\s*[{CHINESE}]{{1,3}}\s*[)]|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[IVX]{{1,4}}(?=[.、]))\s*[、.:]?\s*"
)
_NOTE = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]|[(\[【][^()\[\]【】]*$")
_COUNTS = re.compile(
    r"[,，:：。;；]?\s*(?:本大?题)?(?:共|每|计|总计|满分|合计)[^。]{0,30}?[分题空道][。.]?|[,，]?\d+\s*[道个]?题"
)
_CHAPTER = re.compile(
    rf"^\s*第\s*[{CHINESE}\d]{{1,4}}\s*[章节篇卷编]\s*[、.:：]?\s*([^。？?]{{0,40}})$"
)
_KEYS = re.compile(
    r"^(?:附件?\d*[:：、]?)?[^，。,?？]{0,16}?(?:参考答案|标准答案|正确答案|答案)"
    r"(?:(?:及|与|和|、)?(?:解析|评分标准|详解|说明))?(?:部分|区|汇总|一览表?|页|如下|卡)?[:：]?$"
)
_NEUTRAL = re.compile(r"^(?:题目|试题|试卷|练习题?|题库)(?:区|部分|内容|正文)?[:：]?$")
_POINTS = re.compile(r"每\s*小?[题空道]\s*(\d+(?:\.\d+)?)\s*分")
_SENTENCE = re.compile(r"[。？?！!]")
_RULE = re.compile(r"^\s*[-=*_]{3,}\s*$|^\s*<[^<>]{1,80}>\s*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_MARKED = re.compile(r"^\s*#{1,6}\s+\S")
_ENGLISH_START = re.compile(r"^\s*(?:part|section|chapter|unit|[IVX]+[.)]|[A-Z][.)])\b", re.I)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that says what the lines below it are.

    `what` is kind (of the questions below), chapter, keys (answers follow) or neutral. `kind` may
    be known of keys too. `points` is what each question below gives.
    """

    what: str
    title: str
    kind: str = ""
    points: float | None = None


def heading_of(text: str) -> Heading | None:
    """Return what a line says as a heading, None when it is none."""
    bare = tidy(text).lstrip("#＃ ").strip("*＊ ")
    if not bare or len(bare) > 100:
        return None
    flat = narrow(bare)
    is_marked = bool(_MARKED.match(text))
    chapter = _CHAPTER.match(flat)
    if chapter:
        kind = kind_within(chapter[1]) if chapter[1].endswith("题") else ""
        return Heading("kind", bare, kind) if kind else Heading("chapter", bare)
    title, rest = _core(flat)
    if _KEYS.match("".join(rest.split())) and len(rest) <= 24:
        return Heading("keys", bare, kind_within(rest))
    if _NEUTRAL.match(rest):
        return Heading("neutral", bare)
    kind = _kind(rest, has_ordinal=title != flat)
    if not kind:
        return Heading("chapter", bare) if is_marked and _is_title(flat) else None
    points = _POINTS.search(flat)
    return Heading("kind", bare, kind, float(points[1]) if points else None)


def _is_title(flat: str) -> bool:
    """Tell whether a line that is marked as a heading is one, and no question in large letters."""
    return (
        len(flat) <= 60 and not flat[0].isdigit() and not re.search(r"[?？]|[(]\s*[)]|_{2}", flat)
    )


def _core(flat: str) -> tuple[str, str]:
    """Return a line without its ordinal, and that without notes in brackets and counts either."""
    bare = flat
    for _ in range(2):
        bare = _ORDINAL.sub("", bare, count=1)
    rest = bare
    if kind_named(rest):
        return bare, rest.strip(" 【】[]<>《》:")
    shorter = _COUNTS.sub("", _NOTE.sub("", rest)).strip(" :.。、,-_—")
    return bare, shorter or rest.strip()


def _kind(rest: str, *, has_ordinal: bool) -> str:
    if not rest or _SENTENCE.search(rest):
        return ""
    named = kind_named(rest)
    if (
        named
        and (has_ordinal or len(rest) > 1)
        and rest.casefold() not in ("text", "tf", "sc", "mc")
    ):
        return named if _is_telling(rest, has_ordinal) else ""
    kind = kind_within(rest)
    if not kind:
        return ""
    if rest.isascii():
        is_short = len(rest) <= 45 and bool(_ENGLISH_START.match(rest) or has_ordinal)
        return kind if is_short or rest.casefold().endswith("questions") else ""
    is_end = rest.endswith(
        ("题", "题型", "试题", "部分", "选择", "判断", "填空", "单选", "多选", "题库")
    )
    return kind if is_end and len(rest) <= (20 if has_ordinal else 14) else ""


def _is_telling(rest: str, has_ordinal: bool) -> bool:
    """Tell headings from words that are kinds too: 分析 or 计算 alone may be part of a text."""
    return (
        has_ordinal
        or rest.endswith("题")
        or kind_named(rest) in ("single", "multiple")
        or (rest in ("判断", "填空", "简答", "选择", "问答", "论述"))
    )


def is_rule(text: str) -> bool:
    """Tell whether a line only draws a line, or is an anchor of a page, and says nothing."""
    return bool(_RULE.match(text))


def is_fence(text: str) -> bool:
    """Tell whether a line opens or ends a block of code, which stands for itself."""
    return bool(_FENCE.match(text))
