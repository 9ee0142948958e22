"""Writing questions as a paper to print, with or without its key, or the key by itself."""

from collections.abc import Mapping, Sequence
from typing import Literal

from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question
from question_bank.formats.word.keysheet import circled, key_lines, shuffled_texts
from question_bank.formats.word.layout import Paper
from question_bank.formats.writing import Written
from question_bank.items.draft import Draft
from question_bank.items.options import LETTERS

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Key = Literal["none", "end", "only"]

_ORDINALS = "一二三四五六七八九"
SECTIONS: Mapping[str, str] = {
    "single": "单项选择题",
    "multiple": "多项选择题",
    "true_false": "判断题",
    "cloze": "填空题",
    "numeric": "数值题",
    "ordering": "排序题",
    "matching": "连线题",
    "essay": "简答题",
    "case": "案例分析题",
}
_ESSAY_LINES = 6
_NAME_LINE = "班组：______________    姓名：______________    得分：__________"


def write(
    questions: Sequence[Question],
    media: Mapping[str, bytes],
    *,
    with_key: Key = "end",
    title: str = "知识测试",
) -> Written:
    """Return a .docx on A4: sections by kind, each numbered from 1, options in columns.

    `with_key` puts the answers on a page of their own at the `end`, leaves them out (`none`), or
    gives `only` them, as a second document. `media` are the bytes of the pictures by ref.
    """
    paper = Paper()
    sections = _sections(questions)
    left_out = _left_out(questions, media)
    paper.title(title if with_key != "only" else f"{title}  参考答案")
    if with_key != "only":
        paper.centred(_NAME_LINE)
        for place, (kind, members) in enumerate(sections):
            paper.heading(_heading(place, kind, members))
            for number, question in enumerate(members, start=1):
                _print(paper, question, number, media)
        if with_key == "end":
            paper.new_page()
            paper.heading("参考答案")
    if with_key != "none":
        _print_keys(paper, sections)
    return Written(paper.save(), ".docx", DOCX_TYPE, tuple(left_out))


def _sections(questions: Sequence[Question]) -> list[tuple[str, list[Question]]]:
    """Return the questions by kind, in the usual order of a paper."""
    return [
        (kind, members)
        for kind in SECTIONS
        if (members := [one for one in questions if one.draft.kind == kind])
    ]


def _heading(place: int, kind: str, members: Sequence[Question]) -> str:
    """Return such a heading as `二、多项选择题（共 3 题，每题 2 分）`."""
    said = [question.points for question in members]
    note = f"共 {len(members)} 题"
    if said[0] is not None and all(one == said[0] for one in said):
        note += f"，每题 {said[0]:g} 分"
    marks = "，对的打“√”，错的打“×”" if kind == "true_false" else ""
    return f"{_ORDINALS[place]}、{SECTIONS[kind]}（{note}{marks}）"


def _print(paper: Paper, question: Question, number: int, media: Mapping[str, bytes]) -> None:
    draft = question.draft
    lead = f"{number}. "
    if draft.kind == "case":
        paper.lines(draft.stem, lead=lead, keeps_next=True)
        _print_pictures(paper, draft, media)
        for place, part in enumerate(draft.parts, start=1):
            _print_body(paper, part, f"（{place}）")
        return
    _print_body(paper, draft, lead)
    _print_pictures(paper, draft, media)


def _print_body(paper: Paper, draft: Draft, lead: str) -> None:
    """Print the stem of a question and what is chosen from or written below it."""
    stem = f"{draft.stem}（    ）" if draft.kind == "true_false" else draft.stem
    paper.lines(stem, lead=lead, keeps_next=bool(draft.options or draft.pairs))
    if draft.kind in ("single", "multiple"):
        paper.columns(_lettered([option.text for option in draft.options]))
    elif draft.kind == "ordering":
        paper.columns(_lettered(shuffled_texts([option.text for option in draft.options])))
    elif draft.kind == "matching":
        lefts = [f"{circled(place)} {left}" for place, (left, _) in enumerate(draft.pairs, start=1)]
        rights = shuffled_texts([right for _, right in draft.pairs] + list(draft.extras))
        paper.pairs(lefts, _lettered(rights))
    elif draft.kind == "numeric":
        paper.lines(f"答：____________ {draft.unit}")
    elif draft.kind == "essay":
        paper.space(_ESSAY_LINES)


def _lettered(texts: Sequence[str]) -> list[str]:
    return [f"{LETTERS[place % 26]}. {text}" for place, text in enumerate(texts)]


def _print_pictures(paper: Paper, draft: Draft, media: Mapping[str, bytes]) -> None:
    for one in draft.media:
        if one.kind == "image" and one.ref in media:
            paper.picture(media[one.ref])


def _print_keys(paper: Paper, sections: Sequence[tuple[str, list[Question]]]) -> None:
    for place, (kind, members) in enumerate(sections):
        paper.heading(f"{_ORDINALS[place]}、{SECTIONS[kind]}")
        for number, question in enumerate(members, start=1):
            for line, text in enumerate(key_lines(question.draft)):
                paper.lines(text, lead=f"{number}. " if line == 0 else "")


def _left_out(questions: Sequence[Question], media: Mapping[str, bytes]) -> list[Problem]:
    """Return what a printed paper does not show, question by question."""
    found = []
    for number, question in enumerate(questions, start=1):
        draft = question.draft
        where = Where(line=question.where.line, item=question.name or str(number))
        if draft.kind not in SECTIONS or any(part.kind not in SECTIONS for part in draft.parts):
            found.append(problem("word.question_left_out", where, kind=draft.kind))
            continue
        if any(one.kind != "image" for one in draft.media) or _has_option_pictures(draft):
            found.append(problem("word.lost_media", where))
        if any(one.kind == "image" and one.ref not in media for one in draft.media):
            found.append(problem("word.lost_picture", where))
        if any(option.feedback for option in draft.options):
            found.append(problem("word.lost_feedback", where))
    return found


def _has_option_pictures(draft: Draft) -> bool:
    return any(option.image for option in draft.options)
