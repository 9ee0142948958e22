"""Reading a Word file: its paragraphs become lines, its tables questions, keys or lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from posixpath import basename, normpath
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.archives import is_archive, open_archive
from question_bank.formats.authored.blanks import has_blanks
from question_bank.formats.authored.options import markers
from question_bank.formats.plain import read_lines
from question_bank.formats.plain.headings import heading_of
from question_bank.formats.plain.keyblocks import is_key
from question_bank.formats.plain.lines import Line
from question_bank.formats.plain.tokens import is_numbered
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question, Reading
from question_bank.formats.safe_xml import parse
from question_bank.formats.sheets.headers import find_header
from question_bank.formats.sheets.opening import Sheet
from question_bank.formats.sheets.reading import read_sheet
from question_bank.formats.sniffing import OLD_OFFICE
from question_bank.formats.word.blocks import Block, Body, Table, Text, texts_of
from question_bank.formats.word.elements import attribute, child, children
from question_bank.formats.word.lists import prefixes
from question_bank.formats.word.numbering import Numbering, heading_styles

_ANSWER_ROW = re.compile(r"^\s*(?:正确)?答\s*案\s*[:：]?\s*$")
_NUMBER_ROW = re.compile(r"^\s*(?:题\s*号|序\s*号|题目)\s*[:：]?\s*$")


def read(data: bytes, filename: str) -> Reading:
    """Read a .docx; `filename` is not needed. The old .doc is refused."""
    if data.startswith(OLD_OFFICE):
        return _refused(problem("file.old_office", Where()))
    if not is_archive(data):
        return _refused(problem("file.archive_damaged", Where()))
    parts = open_archive(data, may_nest=True)
    if isinstance(parts, Problem):
        return _refused(parts)
    name = next((one for one in parts if re.fullmatch(r"word/document\d*\.xml", one)), "")
    root = parse(parts.get(name, b""), name or "word/document.xml")
    if isinstance(root, Problem):
        return _refused(root)
    targets = _targets(parts, name)
    styles = _part(parts, "word/styles.xml")
    numbering = Numbering(_part(parts, "word/numbering.xml"), styles)
    body = child(root, "body")
    blocks = (
        [] if body is None else list(Body(numbering, targets, heading_styles(styles)).blocks(body))
    )
    questions, problems = _questions(blocks)
    used = {one.ref for question in questions for one in question.draft.media}
    media = {ref: parts[ref] for ref in sorted(used) if ref in parts}
    return Reading("word", tuple(questions), problems=tuple(problems), media=media)


def _refused(found: Problem) -> Reading:
    return Reading("word", (), problems=(found,))


def _part(parts: Mapping[str, bytes], name: str) -> Element | None:
    """Return a part that a document can do without, None when it is missing or unreadable."""
    if name not in parts:
        return None
    root = parse(parts[name], name)
    return None if isinstance(root, Problem) else root


def _targets(parts: Mapping[str, bytes], document: str) -> dict[str, str]:
    """Return the pictures in the file by the relations that name them."""
    relations = _part(parts, f"word/_rels/{basename(document)}.rels")
    found = {}
    for one in children(relations, "Relationship") if relations is not None else ():
        target = attribute(one, "Target")
        if attribute(one, "TargetMode") == "External":
            continue
        name = target.lstrip("/") if target.startswith("/") else normpath(f"word/{target}")
        if name in parts and "/media/" in name:
            found[attribute(one, "Id")] = name
    return found


def _questions(blocks: Sequence[Block]) -> tuple[list[Question], list[Problem]]:
    """Return the questions of tables and of lines, in the order of the document."""
    texts = list(texts_of(list(blocks)))
    before = prefixes(texts)
    questions: list[Question] = []
    problems: list[Problem] = []
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Text):
            lines += _lines(block, before.get(block.number, ""))
            continue
        found = _question_table(block)
        if found is None:
            lines += _table_lines(block, before)
            continue
        questions += found[0]
        problems += found[1]
        lines.append(Line(_first_number(block), "", is_break=True))
    typed, notes = read_lines(lines)
    problems += notes
    problems += [
        problem("table.object_lost", Where(line=text.number))
        for text in texts
        if text.paragraph.has_lost_object
    ]
    merged = sorted([*typed, *questions], key=lambda one: one.where.line or 0)
    return merged, sorted(problems, key=lambda one: one.where.line or 0)


def _lines(text: Text, prefix: str) -> Iterator[Line]:
    """Yield the lines of a paragraph, its automatic number before the first."""
    paragraph = text.paragraph
    whole = paragraph.text.replace("\t", "    ") if not paragraph.styles else paragraph.text
    start = 0
    pictures = tuple(paragraph.pictures)
    for place, line in enumerate(whole.split("\n")):
        lead = prefix if place == 0 else ""
        if text.is_heading and not paragraph.styles and heading_of(f"# {lead}{line}"):
            lead = f"# {lead}"
        shift = len(lead) - start
        styles = tuple(
            (max(begin, start) + shift, min(end, start + len(line)) + shift, style)
            for begin, end, style in paragraph.styles
            if begin < start + len(line) and end > start
        )
        yield Line(text.number, f"{lead}{line}", styles, pictures if place == 0 else ())
        start += len(line) + 1


def _first_number(table: Table) -> int:
    return next((text.number for row in table.rows for cell in row for text in cell), 0)


def _said(cell: Sequence[Text], before: Mapping[int, str] | None = None) -> str:
    lead = before or {}
    return "\n".join(f"{lead.get(text.number, '')}{text.paragraph.text}" for text in cell).strip()


def _question_table(table: Table) -> tuple[list[Question], list[Problem]] | None:
    """Return the questions of a table with column names; None when it has none."""
    rows = [[_said(cell) for cell in row] for row in table.rows]
    header = find_header(rows)
    if header is None or not header.is_usable or header.index + 1 >= len(rows):
        return None
    questions, problems = read_sheet(Sheet(None, rows), header)
    numbers = {
        place: next((text.number for cell in row for text in cell), 0)
        for place, row in enumerate(table.rows, start=1)
    }
    return (
        [_moved_question(one, numbers) for one in questions],
        [replace(note, where=_moved(note.where, numbers)) for note in problems],
    )


def _moved(where: Where, numbers: Mapping[int, int]) -> Where:
    """Return a place in a table as the paragraph that it is in the document."""
    line = numbers.get(where.line or 0, where.line)
    return replace(where, line=line, cell=None)


def _moved_question(question: Question, numbers: Mapping[int, int]) -> Question:
    return replace(
        question,
        where=_moved(question.where, numbers),
        problems=tuple(
            replace(note, where=_moved(note.where, numbers)) for note in question.problems
        ),
    )


def _table_lines(table: Table, before: Mapping[int, str]) -> Iterator[Line]:
    """Yield a table that is no list of questions as lines: keys, options, or rows of text."""
    keys = _key_lines(table)
    if keys:
        yield from keys
        return
    texts = [text for row in table.rows for cell in row for text in cell]
    if any(_has_mark(f"{before.get(text.number, '')}{text.paragraph.text}") for text in texts):
        for text in texts:
            yield from _lines(text, before.get(text.number, ""))
        return
    for row in table.rows:
        said = [" ".join(_said(cell, before).split()) for cell in row]
        number = next((text.number for cell in row for text in cell), _first_number(table))
        pictures = [name for cell in row for text in cell for name in text.paragraph.pictures]
        if any(said) or pictures:
            yield Line(number, " | ".join(said), pictures=tuple(pictures))


def _has_mark(text: str) -> bool:
    """Tell whether a paragraph of a table is part of a question by its look."""
    return bool(markers(text) and markers(text)[0].start == 0) or (
        is_numbered(text) and (len(text) > 6 or has_blanks(text))
    )


def _key_lines(table: Table) -> list[Line]:
    """Return a table of numbers above answers as one line per pair of rows; empty for others."""
    found: list[Line] = []
    rows = [[_said(cell) for cell in row] for row in table.rows]
    for place in range(len(rows) - 1):
        numbers, answers = rows[place], rows[place + 1]
        if not numbers or not answers:
            continue
        is_named = bool(_NUMBER_ROW.match(numbers[0]) and _ANSWER_ROW.match(answers[0]))
        pairs = [
            (number.strip(), answer)
            for number, answer in zip(numbers, answers, strict=False)
            if number.strip().isdigit() and is_key(answer)
        ]
        is_full = len(pairs) >= 2 and len(pairs) >= sum(1 for one in numbers if one) - 1
        if is_full and (is_named or not found or len(pairs) > 2):
            line = " ".join(f"{number}.{answer}" for number, answer in pairs)
            first = next((text.number for cell in table.rows[place] for text in cell), 0)
            found.append(Line(first, f"答案：{line}"))
    return found
