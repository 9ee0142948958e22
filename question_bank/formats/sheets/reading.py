"""Reading the questions of a workbook or a delimited text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from question_bank.formats.authored import facts
from question_bank.formats.authored.drafting import draft_from
from question_bank.formats.authored.hints import usual_way
from question_bank.formats.authored.keys import Way
from question_bank.formats.authored.text import excerpt
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question, Reading
from question_bank.formats.sheets.cells import cell_text
from question_bank.formats.sheets.headers import Header, find_header
from question_bank.formats.sheets.opening import Sheet, open_sheets
from question_bank.formats.sheets.quoting import EXPORT_MARK, unquoted_rows
from question_bank.formats.sheets.rows import Row, find_rows
from question_bank.items.draft import Draft

_SAMPLE = re.compile(r"示例|样例|范例|例题|示范|填写样|sample|example", re.IGNORECASE)
_SHOWN_NAMES = 10


def read(data: bytes, filename: str) -> Reading:
    """Read an .xlsx, or text with commas, tabs, semicolons or bars between the cells.

    `filename` is not needed: the content says what it is.
    """
    opened = open_sheets(data)
    questions: list[Question] = []
    problems = list(opened.problems)
    others: list[tuple[Sheet, Header | None]] = []
    for sheet in opened.sheets:
        header = find_header(sheet.rows)
        if header is None or not header.is_usable:
            others.append((sheet, header))
            continue
        found, notes = read_sheet(sheet, header)
        questions += found
        problems += notes
    is_read = len(others) < len(opened.sheets)
    problems += [note for one in others if (note := _about_other(*one, is_read))]
    return Reading("table", tuple(questions), opened.encoding, tuple(problems))


def read_sheet(sheet: Sheet, header: Header) -> tuple[list[Question], list[Problem]]:
    """Return the questions of a sheet and what is to be said about it as a whole."""
    if EXPORT_MARK in header.marks:
        sheet = replace(sheet, rows=unquoted_rows(sheet.rows, header.index))
    found = find_rows(sheet, header)
    problems = list(found.problems)
    if header.unused:
        names = "、".join(excerpt(name) for name in header.unused[:_SHOWN_NAMES])
        where = Where(line=header.index + 1, sheet=sheet.name)
        problems.append(problem("table.columns_unused", where, names=names))
    hint = "letter" if header.marks else usual_way(row.raw for row in found.rows)
    scale = _scale(header, found.rows)
    questions = [_question(row, hint, scale) for row in found.rows]
    questions = list(_with_cases(questions, found.rows))
    if sheet.name is not None and _SAMPLE.search(sheet.name):
        questions = [_as_sample(question, sheet.name) for question in questions]
    return questions, problems


def _about_other(sheet: Sheet, header: Header | None, is_read: bool) -> Problem | None:
    """Tell why a sheet was not read; an error when no sheet was. Empty sheets need no word."""
    rows = [row for row in sheet.rows if any(cell != "" for cell in row)]
    if not rows and is_read:
        return None
    where = Where(line=header.index + 1 if header else None, sheet=sheet.name)
    if is_read:
        return problem("table.sheet_unused", where, sheet=sheet.name or "")
    names = header.names if header else [cell_text(cell) for cell in rows[0]] if rows else []
    found = "、".join(excerpt(name) for name in [name for name in names if name][:_SHOWN_NAMES])
    code = "table.no_stem_column" if header and "stem" not in header.columns else "table.no_header"
    return problem(code, where, found=found or "—")


def _as_sample(question: Question, sheet: str) -> Question:
    note = problem("table.sample", question.where, sheet=sheet)
    return replace(question, problems=(*question.problems, note))


def _scale(header: Header, rows: Sequence[Row]) -> int:
    """Return whether difficulties go up to 3 or to 5."""
    column = header.columns.get("difficulty")
    if column is None:
        return 5
    name = header.names[column]
    if "3" in name or "5" in name:
        return 3 if "3" in name and "5" not in name else 5
    numbers = {row.facts.get("difficulty", "") for row in rows}
    return 5 if numbers & {"4", "5"} else 3


def _question(row: Row, hint: Way | None, scale: int) -> Question:
    """Return the question of a row."""
    raw = replace(row.raw, hint=hint)
    said = row.facts
    problems: list[Problem] = []

    def unknown(code: str, found: str) -> None:
        problems.append(problem(code, raw.where, found=excerpt(found)))

    difficulty = facts.difficulty(said.get("difficulty", ""), scale)
    if difficulty is None:
        unknown("table.difficulty_unknown", said["difficulty"])
    points = facts.points(said["points"]) if said.get("points") else None
    if points is None and said.get("points"):
        unknown("table.points_unknown", said["points"])
    days: dict[str, date | None] = {}
    for name in ("verified_on", "valid_until"):
        days[name] = facts.day(said.get(name, ""))
        if said.get(name) and days[name] is None:
            unknown("table.date_unknown", said[name])
    draft, about = draft_from(raw)
    return Question(
        draft=draft,
        where=raw.where,
        name=said.get("name", ""),
        category=facts.path(said.get("category", "")),
        tags=facts.tags(said.get("tags", "")),
        difficulty=difficulty or "",
        points=points,
        source=said.get("source", ""),
        clause=said.get("clause", ""),
        author=said.get("author", ""),
        verified_on=days["verified_on"],
        valid_until=days["valid_until"],
        workplace=said.get("workplace", ""),
        problems=(*about, *problems),
    )


def _with_cases(questions: Sequence[Question], rows: Sequence[Row]) -> Iterator[Question]:
    """Yield the questions, those in a row that share a material joined to one case."""
    place = 0
    while place < len(questions):
        material = rows[place].facts.get("material", "")
        end = place + 1
        while material and end < len(rows) and _shares(rows[place], rows[end]):
            end += 1
        group = questions[place:end]
        if material:
            yield case_of(material, group)
        else:
            yield from group
        place = end


def _shares(first: Row, other: Row) -> bool:
    """Tell whether a row belongs to the case that another begins."""
    name = other.facts.get("name")
    is_named = name in ("", first.facts.get("name"))
    return other.facts.get("material") == first.facts.get("material") and is_named


def case_of(material: str, group: Sequence[Question]) -> Question:
    """Return one case of questions that share a material; their problems stay with it."""
    first = group[0]
    parts = tuple(replace(question.draft, media=()) for question in group)
    media = tuple(dict.fromkeys(one for question in group for one in question.draft.media))
    points = [question.points for question in group if question.points is not None]
    return replace(
        first,
        draft=Draft(kind="case", stem=material, parts=parts, media=media),
        tags=tuple(dict.fromkeys(tag for question in group for tag in question.tags)),
        points=sum(points) if points else None,
        problems=tuple(note for question in group for note in question.problems),
    )
