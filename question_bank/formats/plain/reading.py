"""Reading pasted text, and making questions of what the machine heard."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from question_bank.formats.authored import facts
from question_bank.formats.authored.drafting import draft_from
from question_bank.formats.authored.hints import usual_way
from question_bank.formats.authored.keys import Way
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.text import excerpt, narrow
from question_bank.formats.encodings import decode
from question_bank.formats.plain.lines import Line, lines_of, parted
from question_bank.formats.plain.machine import listen
from question_bank.formats.plain.matching import give_keys
from question_bank.formats.plain.questions import Asked, Heard, Material, Section
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question, Reading
from question_bank.items.draft import Draft
from question_bank.items.media import Media

_POINTS = re.compile(r"^\s*[(\[【]\s?(?:本题|每题|共)?\s?(\d{1,3}(?:\.\d+)?)\s?分\s?[)\]】]\s*")
_TAIL_POINTS = re.compile(
    r"\s*[(\[【]\s?(?:本题|每题|共)?\s?(\d{1,3}(?:\.\d+)?)\s?分\s?[)\]】]\s*$"
)
_STYLES = ("red", "highlight", "bold", "underline")


def read(data: bytes, filename: str) -> Reading:
    """Read pasted text in any of the layouts of question papers; `filename` is not needed."""
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Reading("plain", (), problems=(decoded,))
    questions, problems = read_lines(lines_of(decoded.text.lstrip("\ufeff")))
    return Reading("plain", tuple(questions), decoded.encoding, tuple(problems))


def read_lines(lines: Sequence[Line]) -> tuple[list[Question], list[Problem]]:
    """Return the questions of these lines and what is to be said about the rest of them."""
    heard = listen(list(parted(lines)))
    unused = give_keys(heard.sections, heard.groups)
    asked = [(section, one) for section in heard.sections for one in section.questions]
    hint = usual_way(_raw(section, one, None) for section, one in asked if not one.parts)
    questions: list[Question] = []
    for _, group in groupby(asked, key=lambda pair: id(pair[1].material or pair[1])):
        members = list(group)
        shared = members[0][1].material
        made = [_question(section, one, hint) for section, one in members]
        if shared is None:
            questions += made
        else:
            questions.append(_case(shared, made))
    problems = _about(heard)
    for entry in unused:
        problems.append(
            problem(
                "table.key_unused",
                Where(line=entry.line.number),
                number=entry.number,
                found=excerpt(" ".join(entry.key)),
            )
        )
    return questions, sorted(problems, key=lambda one: one.where.line or 0)


def _about(heard: Heard) -> list[Problem]:
    """Tell which lines belong to no question, and where numbers are missing."""
    found = [
        problem("table.line_unused", Where(line=line.number), found=excerpt(text, 400))
        for line, text in heard.strays
    ]
    for line, before, after in heard.jumps:
        where = Where(line=line.number)
        found.append(problem("table.number_gap", where, before=before, after=after))
    return found


def _raw(section: Section, asked: Asked, hint: Way | None) -> Raw:
    stem, points = _without_points("\n".join(asked.stem).strip())
    where = _where(asked)
    styled, style = _styled(asked)
    raw = Raw(
        stem=stem,
        where=where,
        kind=asked.kind,
        section=section.kind,
        options=_without_last_stop(asked.options),
        answer="\n".join(asked.answer),
        explanation="\n".join(asked.explanation),
        hint=hint,
        key_where=Where(line=asked.answer_line.number) if asked.answer_line else None,
        rubric=asked.facts.get("rubric", ""),
        points=points if points is not None else section.points,
        styled=styled,
        style=style,
        media=tuple(Media(name, "image") for name in asked.pictures),
    )
    if asked.relabelled:
        raw = raw.noting("table.option_relabelled", letter=asked.relabelled)
    return raw


def _without_last_stop(options: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the options; a stop after the last one only ends the sentence that they are in."""
    if len(options) < 2 or not options[-1][1].endswith("。"):
        return tuple(options)
    if any(text.endswith("。") for _, text in options[:-1]):
        return tuple(options)
    letter, text = options[-1]
    return (*options[:-1], (letter, text[:-1].rstrip()))


def _where(asked: Asked) -> Where:
    return Where(line=asked.line.number, item=str(asked.number) if asked.number else None)


def _styled(asked: Asked) -> tuple[str, str]:
    """Return the letters of options that stand out, when some do and others do not, and how."""
    for style in _STYLES:
        letters = asked.styles.get(style, set())
        if 0 < len(letters) < len(asked.options):
            return "".join(sorted(letters)), style
    return "", ""


def _without_points(stem: str) -> tuple[str, float | None]:
    for pattern in (_POINTS, _TAIL_POINTS):
        match = pattern.search(narrow(stem))
        if match:
            return (stem[: match.start()] + stem[match.end() :]).strip(), float(match[1])
    return stem, None


def _question(section: Section, asked: Asked, hint: Way | None) -> Question:
    if asked.parts:
        return _case_with_parts(section, asked, hint)
    draft, about = draft_from(_raw(section, asked, hint))
    _stem, points = _without_points("\n".join(asked.stem).strip())
    said = asked.facts
    if points is None:
        points = facts.points(said["points"]) if said.get("points") else section.points
    difficulty = facts.difficulty(said.get("difficulty", ""))
    notes: list[Problem] = []
    if difficulty is None:
        found = excerpt(said["difficulty"])
        notes.append(problem("table.difficulty_unknown", _where(asked), found=found))
    category = facts.path(said["category"]) if said.get("category") else section.category
    return Question(
        draft=draft,
        where=_where(asked),
        category=category,
        tags=facts.tags(said.get("tags", "")),
        difficulty=difficulty or "",
        points=points,
        source=said.get("source", ""),
        problems=(*about, *notes),
    )


def _case_with_parts(section: Section, asked: Asked, hint: Way | None) -> Question:
    """Return the case of a question that has (1), (2) below it."""
    answers = _numbered_answers(asked)
    for part in asked.parts:
        if not part.has_answer and part.number in answers:
            part.answer.append(answers[part.number])
    inner = replace(section, kind="" if section.kind == "case" else section.kind, points=None)
    made = [_question(inner, part, hint) for part in asked.parts]
    stem, points = _without_points("\n".join(asked.stem).strip())
    material = Material(asked.line, [stem], 1, len(made), asked.pictures)
    case = _case(material, made)
    explanation = "\n".join(asked.explanation)
    draft = replace(case.draft, explanation=explanation)
    return replace(
        case,
        draft=draft,
        where=_where(asked),
        category=section.category,
        points=points if points is not None else section.points,
    )


def _numbered_answers(asked: Asked) -> dict[int, str]:
    """Return the answers that stand together below a case: (1)A (2)BC."""
    text = narrow("\n".join(asked.answer))
    found = re.findall(
        r"[(]?(\d{1,2})[).、:]\s?([A-Za-z]{1,8}|[√×对错]|正确|错误)(?=[\s;,。(]|$|\d)", text
    )
    return {int(number): key for number, key in found}


def _case(material: Material, made: Sequence[Question]) -> Question:
    """Return one case of the questions that share a material."""
    first = made[0]
    media = [Media(name, "image") for name in material.pictures]
    for question in made:
        media += [one for one in question.draft.media if one not in media]
    problems = [note for question in made for note in question.problems]
    where = Where(line=material.line.number)
    if not material.is_sure or (not material.last and len(made) > 1):
        problems.append(problem("table.case_extent", where, count=len(made)))
    points = [question.points for question in made if question.points is not None]
    draft = Draft(
        kind="case",
        stem="\n".join(material.text).strip(),
        parts=tuple(replace(question.draft, media=()) for question in made),
        media=tuple(media),
    )
    return replace(
        first,
        draft=draft,
        where=where,
        points=sum(points) if points else None,
        problems=tuple(problems),
    )
