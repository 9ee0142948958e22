"""Reading GIFT as Moodle does."""

import re
from dataclasses import replace

from question_bank.formats.encodings import decode
from question_bank.formats.gift.answers import Answers, draft_of
from question_bank.formats.gift.blocks import Block, blocks, restored
from question_bank.formats.gift.formats import split_format
from question_bank.formats.gift.fullwidth import converted
from question_bank.formats.markup import bare
from question_bank.formats.moodle.categories import path_of
from question_bank.formats.moodle.gaps import GAP
from question_bank.formats.moodle.passport import with_tags
from question_bank.formats.moodle.rich import Rich
from question_bank.formats.moodle.texts import MOODLE
from question_bank.formats.problems import Problem, problem
from question_bank.formats.reading import MAX_QUESTIONS, Question, Reading
from question_bank.items.draft import Criterion, Draft

_POINTS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,5})?")


def read(data: bytes, filename: str) -> Reading:
    """Read a GIFT file. Never raises; what cannot be a question has a problem that says why."""
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Reading("gift", (), problems=(decoded,))
    questions: list[Question] = []
    media: dict[str, bytes] = {}
    category: tuple[str, ...] = ()
    for block in blocks(decoded.text):
        if isinstance(block, str):
            category = path_of(block)
            continue
        question, embedded = _question(block)
        questions.append(replace(question, category=category))
        media.update(embedded)
        if len(questions) > MAX_QUESTIONS:
            break
    return Reading("gift", tuple(questions), decoded.encoding, media=media)


def _question(block: Block) -> tuple[Question, dict[str, bytes]]:
    """Read one question, and the pictures that stood inside its text."""
    meant = converted(block.text)
    rest, name = _name(meant.text)
    name = name or next(iter(block.fields("id")), "")
    where = replace(block.where, item=name or None)
    rich = Rich(where)
    draft, problems = _draft(rest, rich)
    asked = meant.decision(restored(block.text), where)
    placed = tuple(
        replace(one, where=replace(one.where, item=name or None)) for one in block.problems
    )
    if draft.kind == "essay":
        draft = _with_rubric(draft, block)
    question = Question(draft, where, name, problems=(*problems, *rich.problems, *asked, *placed))
    return with_tags(question, block.fields("tag")), rich.embedded


def _name(text: str) -> tuple[str, str]:
    """Return what follows the name of a question, and the name."""
    if not text.startswith("::"):
        return text, ""
    name, mark, rest = text[2:].partition("::")
    return (rest.strip(), " ".join(bare(restored(name)).split())) if mark else (text[2:], "")


def _draft(text: str, rich: Rich) -> tuple[Draft, list[Problem]]:
    """Return what a question without its name says; a refused one keeps its text."""
    begins, ends = text.find("{"), text.find("}")
    if begins < 0 and ends < 0:
        return _refused("plain.description", text, rich)
    if begins < 0 or ends < begins:
        return _refused("plain.brace_missing", text, rich)
    tail = text[ends + 1 :]
    if "{" in tail:
        return _refused("plain.second_answers", text, rich)
    stem = text[:begins] + (GAP + tail if tail.strip() else "")
    inside, mark, general = text[begins + 1 : ends].rpartition("####")
    if not mark:
        inside, general = general, ""
    body, text_format = split_format(stem, MOODLE)
    base = Draft(
        "",
        rich.text(body, text_format),
        rich.aside(*split_format(general, text_format)),
        media=rich.take_media(),
    )
    return draft_of(Answers(inside.strip(), text_format, rich), base)


def _with_rubric(draft: Draft, block: Block) -> Draft:
    """Return an essay with the rubric and the sample answer that the comments hold."""
    criteria = []
    for line in block.fields("rubric"):
        points, mark, text = line.partition("=")
        if mark and _POINTS.fullmatch(points):
            criteria.append(Criterion(text.strip(), float(points)))
    sample = "\n".join(block.fields("sample"))
    return replace(draft, rubric=tuple(criteria), sample=sample)


def _refused(code: str, text: str, rich: Rich) -> tuple[Draft, list[Problem]]:
    body, text_format = split_format(text, MOODLE)
    draft = Draft("", rich.text(body, text_format), media=rich.take_media())
    return draft, [problem(code, rich.where)]
