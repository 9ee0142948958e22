"""From the rows of a sheet to the pieces of its questions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from question_bank.formats.authored import facts, keys
from question_bank.formats.authored.kinds import kind_named, kind_within
from question_bank.formats.authored.options import split_options
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.text import excerpt, fold
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.sheets.cells import (
    before_mangling,
    cell_name,
    cell_text,
    exact_text,
    is_mangled,
)
from question_bank.formats.sheets.headers import Header
from question_bank.formats.sheets.opening import Sheet
from question_bank.items.options import LETTERS

_HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+\s*[、.．]|第.{1,3}(?:部分|章|节)|[(（][一二三四五六七八九十]+[)）])"
)
# Fields that a merged cell fills for every row it covers; in others it covers just one question.
_SHARED = frozenset({"kind", "category", "tags", "difficulty", "source", "material", "points"})
_PLAIN_FIELDS = ("category", "tags", "difficulty", "points", "source", "clause", "author", "name")
_MORE_FIELDS = ("verified_on", "valid_until", "workplace", "material")


@dataclass(slots=True)
class Row:
    """One question of a sheet: its pieces, and what the other columns say about it."""

    raw: Raw
    facts: dict[str, str] = field(default_factory=dict)
    right_places: list[bool | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """The questions of a sheet, and what is to be said of rows that are none."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def find_rows(sheet: Sheet, header: Header) -> Found:
    """Return the questions below the row of column names.

    A blank row is not the end. A row with a heading alone says the kind of those below it; a row
    with nothing but an option goes on with the question above it.
    """
    return _Finder(sheet, header).find()


class _Finder:
    """Walks down one sheet."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet = sheet
        self._header = header
        self._section = kind_within(sheet.name) if sheet.name else ""
        self._found: list[Row] = []
        self._problems: list[Problem] = []
        self._shared = self._shared_values()

    def find(self) -> Found:
        """Return what the sheet holds."""
        header = self._header
        self._note_above()
        for number in range(header.index + 1, len(self._sheet.rows)):
            cells = self._sheet.rows[number]
            if not any(cell != "" for cell in cells) or self._repeats_header(cells):
                continue
            if not self._is_structure(number, cells):
                self._question(number, cells)
        for row in self._found:
            _settle_right_column(row)
        return Found(tuple(self._found), tuple(self._problems))

    def _where(self, number: int, column: int | None = None) -> Where:
        cell = None if column is None else cell_name(number, column)
        return Where(line=number + 1, cell=cell, sheet=self._sheet.name)

    def _note_above(self) -> None:
        """Tell what stands above the column names: titles, instructions."""
        for number, cells in enumerate(self._sheet.rows[: self._header.index]):
            said = [cell_text(cell) for cell in cells if cell != ""]
            if said:
                self._problems.append(
                    problem(
                        "table.rows_above", self._where(number), found=excerpt(" ".join(said), 60)
                    )
                )
                self._section = self._section or (kind_within(said[0]) if len(said) == 1 else "")

    def _shared_values(self) -> dict[tuple[int, int], Any]:
        """Return the values that merged cells give to the rows they cover."""
        shared = {self._header.columns[name] for name in _SHARED & self._header.columns.keys()}
        values: dict[tuple[int, int], Any] = {}
        for top, left, bottom, _right in self._sheet.merged:
            rows = self._sheet.rows
            if left in shared and top < len(rows) and left < len(rows[top]):
                for number in range(top + 1, min(bottom, len(rows) - 1) + 1):
                    values[number, left] = rows[top][left]
        return values

    def _repeats_header(self, cells: Sequence[Any]) -> bool:
        """Tell whether a row is the header again, as in pasted pages."""
        return tuple(cell_text(cell) for cell in cells) == self._header.names

    def _is_structure(self, number: int, cells: Sequence[Any]) -> bool:
        """Deal with rows that are no question: numbers prepared for later, headings, leftovers."""
        header = self._header
        numbering = {header.columns.get("number"), header.columns.get("name")}
        filled = [column for column, cell in enumerate(cells) if cell != "" and cell is not None]
        if all(column in numbering for column in filled):
            return True
        if len(filled) == 1 and cell_text(cells[filled[0]]).isdigit():
            # Templates number their rows beforehand: a number alone is no question.
            return filled[0] not in self._known_columns()
        if len(filled) > 1:
            return False
        text = cell_text(cells[filled[0]])
        kind = kind_within(text)
        is_heading = bool(_HEADING.match(text)) or bool(kind_named(text))
        if kind and is_heading and len(text) <= 60:
            self._section = kind
            return True
        if filled[0] in self._known_columns():
            return False
        self._problems.append(
            problem("table.row_unused", self._where(number), found=excerpt(text, 60))
        )
        return True

    def _known_columns(self) -> set[int]:
        header = self._header
        return {
            *header.columns.values(),
            *header.options.values(),
            *header.blanks.values(),
            *header.right_sides.values(),
            *header.extras.values(),
        }

    def _question(self, number: int, cells: Sequence[Any]) -> None:
        reader = _Cells(self._sheet, number, cells, self._shared)
        if self._goes_on(reader):
            return
        columns = self._header.columns
        stem = reader.exact(columns.get("stem"))
        raw = Raw(
            stem=stem,
            where=self._where(number),
            section=self._section,
            options=reader.options(self._header),
            answer=reader.text(columns.get("answer")),
            explanation=reader.text(columns.get("explanation")),
            blanks=reader.blanks(self._header),
            unit=reader.text(columns.get("unit")),
            rubric=reader.text(columns.get("rubric")),
            points=facts.points(reader.text(columns.get("points"))),
            keeps_order=bool(keys.truth(reader.text(columns.get("fixed")))),
            is_exact=bool(self._header.marks),
            key_where=self._where(number, columns["answer"]) if "answer" in columns else None,
            options_where=self._options_where(number),
        )
        raw = _with_pairs(_with_kind(raw, reader.text(columns.get("kind"))), reader, self._header)
        said = {name: reader.text(columns.get(name)) for name in (*_PLAIN_FIELDS, *_MORE_FIELDS)}
        if not stem and not raw.answer and not raw.options:
            self._problems.append(
                problem("table.row_unused", self._where(number), found=excerpt(reader.shown(), 60))
            )
            return
        row = Row(replace(raw, problems=(*raw.problems, *reader.problems)), said)
        if "right" in columns:
            row.right_places.append(keys.truth(reader.text(columns["right"]) or "否"))
        self._found.append(row)

    def _options_where(self, number: int) -> Where | None:
        column = self._header.columns.get("options")
        if column is None and self._header.options:
            column = next(iter(self._header.options.values()))
        return None if column is None else self._where(number, column)

    def _goes_on(self, reader: "_Cells") -> bool:
        """Take a row without a stem, but with an option, as more of the question above it."""
        columns = self._header.columns
        if "options" not in columns or not self._found:
            return False
        more = reader.text(columns["options"])
        if not more or reader.text(columns.get("stem")) or reader.text(columns.get("kind")):
            return False
        row = self._found[-1]
        texts = [*row.raw.texts, *(text for _, text in split_options(more))]
        options = tuple(zip(LETTERS, texts, strict=False))
        answer = row.raw.answer or reader.text(columns.get("answer"))
        row.raw = replace(row.raw, options=options, answer=answer)
        if "right" in columns:
            row.right_places.append(keys.truth(reader.text(columns["right"]) or "否"))
        return True


def _settle_right_column(row: Row) -> None:
    """Make the key of a question whose options are marked one by one."""
    if not row.right_places or row.raw.answer:
        return
    letters = "".join(
        label for label, is_right in zip(row.raw.labels, row.right_places, strict=False) if is_right
    )
    row.raw = replace(row.raw, answer=letters)


def _with_kind(raw: Raw, said: str) -> Raw:
    """Return the question with the kind that its cell says."""
    kind = kind_named(said) or kind_within(said)
    if said and not kind:
        raw = raw.noting("table.kind_unknown", found=excerpt(said))
    return replace(raw, kind=kind)


def _with_pairs(raw: Raw, reader: "_Cells", header: Header) -> Raw:
    """Return a matching with its pairs: each option, and the right side of its letter."""
    if raw.said not in ("", "matching") or not header.right_sides:
        return raw
    pairs = []
    for place, column in header.right_sides.items():
        # The left sides stand in the columns of the options.
        left, right = reader.text(header.options.get(place)), reader.text(column)
        if left and right:
            pairs.append((left, right))
    if not pairs:
        return raw
    extras = tuple(text for column in header.extras.values() if (text := reader.text(column)))
    return replace(raw, kind="matching", options=(), pairs=tuple(pairs), extras=extras)


class _Cells:
    """The cells of one row, and what is to be said about them."""

    def __init__(
        self,
        sheet: Sheet,
        number: int,
        cells: Sequence[Any],
        shared: dict[tuple[int, int], Any],
    ) -> None:
        self._sheet = sheet
        self._number = number
        self._cells = cells
        self._shared = shared
        self._told: set[int] = set()
        self.problems: list[Problem] = []

    def shown(self) -> str:
        """Return the whole row for a message."""
        return " | ".join(cell_text(cell) for cell in self._cells if cell != "")

    def text(self, column: int | None) -> str:
        """Return the text of a cell, empty without a column."""
        return cell_text(self._value(column))

    def exact(self, column: int | None) -> str:
        """Return the text of a cell just as it was typed."""
        return exact_text(self._value(column))

    def options(self, header: Header) -> tuple[tuple[str, str], ...]:
        """Return the options: a column each, or all in one cell."""
        if header.options:
            texts = ((place, self.text(column)) for place, column in header.options.items())
            filled = [(place, text) for place, text in texts if text and place < len(LETTERS)]
            kept = filled if header.marks else _unlabelled(filled)
            return tuple((LETTERS[place], text) for place, text in kept)
        return tuple(split_options(self.text(header.columns.get("options"))))

    def blanks(self, header: Header) -> tuple[tuple[str, ...], ...]:
        """Return the alternatives of each blank that has a column; lines part alternatives."""
        cells = [self.text(column) for column in header.blanks.values()]
        while cells and not cells[-1]:
            cells.pop()
        return tuple(tuple(line for line in cell.split("\n") if line) for cell in cells)

    def _value(self, column: int | None) -> Any:
        if column is None:
            return ""
        value = self._cells[column] if column < len(self._cells) else ""
        if value == "" or value is None:
            value = self._shared.get((self._number, column), "")
        if column not in self._told:
            self._told.add(column)
            self._tell(column, value)
        return value

    def _tell(self, column: int, value: Any) -> None:
        """Note formulas, and days that were something else when they were typed."""
        cell = cell_name(self._number, column)
        where = Where(line=self._number + 1, cell=cell, sheet=self._sheet.name)
        formula = self._sheet.formulas.get(cell)
        if formula is not None and formula.is_error:
            self._note("table.formula_error", where, found=formula.result)
        elif formula is not None and not formula.result:
            self._note("table.formula_empty", where, formula=excerpt(formula.formula))
        elif formula is not None:
            self._note("table.formula_kept", where, found=excerpt(cell_text(value)))
        if is_mangled(value):
            first, second = before_mangling(value), cell_text(value)
            self._note("table.date_cell", where, first=first, second=second)

    def _note(self, code: str, where: Where, **params: str) -> None:
        self.problems.append(problem(code, where, **params))


def _unlabelled(filled: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield options without the letter that each repeats from its column's name."""
    stripped = []
    for place, text in filled:
        flat = fold(text[:4])
        is_labelled = flat[:2] in (LETTERS[place].lower() + mark for mark in (".", "、", ":", ")"))
        stripped.append((place, text[2:].strip() if is_labelled else text))
    is_all = bool(filled) and all(
        one != other for (_, one), (_, other) in zip(stripped, filled, strict=True)
    )
    yield from stripped if is_all else filled
