"""Questions in the sheets of Kahoot: a banner, the column names in row 8, up to four answers each.

Keys are option numbers from 1, or the text of the right answer in files that other tools made.
"""

from dataclasses import replace

from question_bank.formats.authored.drafting import draft_from
from question_bank.formats.authored.hints import usual_way
from question_bank.formats.authored.text import excerpt
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question, Reading
from question_bank.formats.sheets.cells import cell_name, cell_text
from question_bank.formats.sheets.headers import Header, find_header
from question_bank.formats.sheets.opening import Sheet, open_sheets
from question_bank.formats.sheets.rows import Row, find_rows

TIME_LIMITS = frozenset({5, 10, 20, 30, 60, 90, 120, 240})

__all__ = ["TIME_LIMITS", "read"]


def read(data: bytes, filename: str) -> Reading:
    """Read the .xlsx or .csv of a Kahoot quiz; `filename` is not needed."""
    opened = open_sheets(data)
    problems = list(opened.problems)
    questions: list[Question] = []
    for sheet in opened.sheets:
        header = find_header(sheet.rows)
        if header is None or not header.is_usable:
            continue
        found = find_rows(sheet, header)
        problems += [note for note in found.problems if note.code != "table.rows_above"]
        way = usual_way(row.raw for row in found.rows) or "number"
        for row in found.rows:
            raw = replace(row.raw, section="choice", hint=way)
            draft, about = draft_from(raw)
            kept = tuple(note for note in about if note.code != "table.key_as_number")
            late = _time_limit(sheet, header, row)
            questions.append(Question(draft, raw.where, problems=(*kept, *late)))
    if not questions and not problems:
        problems.append(problem("table.no_header", Where(), found="—"))
    return Reading("kahoot", tuple(questions), opened.encoding, tuple(problems))


def _time_limit(sheet: Sheet, header: Header, row: Row) -> tuple[Problem, ...]:
    """Note a time limit that Kahoot does not offer; the bank has no use for any."""
    column, line = header.columns.get("time"), row.raw.where.line or 1
    cells = sheet.rows[line - 1]
    if column is None or column >= len(cells):
        return ()
    found = cell_text(cells[column])
    if not found or (found.isdigit() and int(found) in TIME_LIMITS):
        return ()
    where = replace(row.raw.where, cell=cell_name(line - 1, column))
    return (problem("table.time_limit", where, found=excerpt(found)),)
