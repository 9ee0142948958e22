"""From questions to the texts of their rows, and what a sheet cannot carry of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from question_bank.formats.authored import facts
from question_bank.formats.authored.filling import read_rubric, read_span
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question
from question_bank.formats.sheets.columns import DIFFICULTIES, KINDS, TRUTHS, Column, Counts
from question_bank.items.draft import BLANK, Criterion, Draft, DraftBlank, Span
from question_bank.items.options import LETTERS

MAX_CELL = 32_767
MAX_COUNTED = 26


@dataclass(slots=True)
class Record:
    """The texts of one row, by field and place."""

    cells: dict[tuple[str, int], str] = field(default_factory=dict)

    def put(self, name: str, text: str, place: int = 0) -> None:
        """Set a cell; an empty text leaves it empty."""
        if text:
            self.cells[name, place] = text

    def text(self, column: Column) -> str:
        """Return the text for a column."""
        return self.cells.get((column.field, column.place), "")

    def count(self, name: str) -> int:
        """Return how many columns of a counted sort it needs."""
        return max((place + 1 for found, place in self.cells if found == name), default=0)


@dataclass(slots=True)
class Recorded:
    """All rows, and what was left out."""

    records: list[Record] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        """Return how many columns of each sort the rows need."""
        needed = {
            name: max((record.count(name) for record in self.records), default=0)
            for name in ("option", "blank", "right_side", "extra")
        }
        return Counts(
            max(needed["option"], Counts().options),
            needed["blank"],
            needed["right_side"],
            needed["extra"],
        )

    @property
    def fields(self) -> set[str]:
        """Return the fields that any row fills."""
        return {name for record in self.records for name, _ in record.cells}


def record_all(questions: Sequence[Question], language: str = "zh") -> Recorded:
    """Return the rows of questions; a case has a row for each of its parts."""
    recorded = Recorded()
    for number, question in enumerate(questions, start=1):
        writer = _Writer(question, Where(line=question.where.line, item=_name(question, number)))
        rows = writer.rows(language)
        too_long = any(len(text) > MAX_CELL for row in rows for text in row.cells.values())
        if too_long or not rows:
            note = problem("table.question_left_out", writer.where, kind=question.draft.kind)
            recorded.left_out.append(note)
            continue
        recorded.records += rows
        recorded.left_out += writer.left_out
    return recorded


def _name(question: Question, number: int) -> str:
    return question.name or str(number)


class _Writer:
    """Writes one question."""

    def __init__(self, question: Question, where: Where) -> None:
        self._question = question
        self.where = where
        self.left_out: list[Problem] = []

    def rows(self, language: str) -> list[Record]:
        """Return the rows of the question; none when a sheet cannot carry it at all."""
        draft = self._question.draft
        drafts = draft.parts if draft.kind == "case" else (draft,)
        rows = [row for one in drafts if (row := self._row(one, language)) is not None]
        if len(rows) != len(drafts):
            return []
        for place, row in enumerate(rows):
            self._facts(row, language, is_first=place == 0)
            if draft.kind == "case":
                row.put("material", draft.stem)
        if draft.kind == "case" and draft.explanation:
            self._lose("case_explanation")
        if draft.media:
            self._lose("media")
        return rows

    def _lose(self, what: str) -> None:
        note = problem(f"table.lost_{what}", self.where)
        if note not in self.left_out:
            self.left_out.append(note)

    def _row(self, draft: Draft, language: str) -> Record | None:
        kind = KINDS[language].get(draft.kind)
        if kind is None:
            return None
        row = Record()
        row.put("kind", kind)
        row.put("stem", draft.stem)
        row.put("explanation", draft.explanation)
        if draft.scoring not in ("", "all_or_nothing"):
            self._lose("scoring")
        if draft.kind == "true_false":
            row.put("answer", "" if draft.is_true is None else TRUTHS[language][draft.is_true])
            if any(option.feedback for option in draft.options):
                self._lose("feedback")
            return row
        row.put("fixed", TRUTHS[language][True] if draft.is_fixed else "")
        fits = getattr(self, f"_{'choice' if draft.kind in _CHOICES else draft.kind}")(draft, row)
        return row if fits else None

    def _choice(self, draft: Draft, row: Record) -> bool:
        if len(draft.options) > MAX_COUNTED or not self._options(draft, row):
            return False
        letters = [LETTERS[place] for place, one in enumerate(draft.options) if one.is_right]
        row.put("answer", "".join(letters))
        return draft.kind != "single" or len(letters) < 2

    def _options(self, draft: Draft, row: Record) -> bool:
        for place, option in enumerate(draft.options):
            row.put("option", option.text, place)
            if option.feedback:
                self._lose("feedback")
            if option.weight is not None:
                self._lose("weights")
            if option.image:
                self._lose("media")
        return all(option.text.strip() for option in draft.options)

    def _ordering(self, draft: Draft, row: Record) -> bool:
        fits = len(draft.options) <= MAX_COUNTED and self._options(draft, row)
        row.put("answer", LETTERS[: len(draft.options)])
        return fits

    def _cloze(self, draft: Draft, row: Record) -> bool:
        for place, blank in enumerate(draft.blanks):
            if not blank.accepted or any("\n" in one.text for one in blank.accepted):
                return False
            row.put("blank", "\n".join(one.text for one in blank.accepted), place)
            self._lose_of_blank(blank)
        marks = draft.stem.count(BLANK)
        return marks == len(draft.blanks) or (marks == 0 and len(draft.blanks) == 1)

    def _lose_of_blank(self, blank: DraftBlank) -> None:
        if any(one.credit != 1 for one in blank.accepted):
            self._lose("credits")
        if blank.weight != 1:
            self._lose("weights")
        if blank.is_exact:
            self._lose("exact")

    def _numeric(self, draft: Draft, row: Record) -> bool:
        texts = [_span(span) for span in draft.spans]
        row.put("answer", "|".join(texts))
        row.put("unit", draft.unit)
        if any(span.credit != 1 for span in draft.spans):
            self._lose("credits")
        return bool(texts) and all(read_span(text) is not None for text in texts)

    def _matching(self, draft: Draft, row: Record) -> bool:
        for place, (left, right) in enumerate(draft.pairs):
            row.put("option", left, place)
            row.put("right_side", right, place)
        for place, text in enumerate(draft.extras):
            row.put("extra", text, place)
        texts = [text for pair in draft.pairs for text in pair] + list(draft.extras)
        return bool(texts) and all(text.strip() for text in texts) and len(draft.pairs) <= 26

    def _essay(self, draft: Draft, row: Record) -> bool:
        row.put("answer", draft.sample)
        lines = "\n".join(f"{one.text} ({one.points:g})" for one in draft.rubric)
        if not _is_same_rubric(read_rubric(lines), draft.rubric):
            self._lose("rubric")
            return True
        row.put("rubric", lines)
        return True

    def _facts(self, row: Record, language: str, *, is_first: bool) -> None:
        question = self._question
        row.put("difficulty", DIFFICULTIES[language].get(question.difficulty, ""))
        for name, values, separator, read in (
            ("tags", question.tags, "；", facts.tags),
            ("category", question.category, ">", facts.path),
        ):
            joined = separator.join(values)
            if read(joined) != tuple(values):
                self._lose("labels")
                continue
            row.put(name, joined)
        for name in ("source", "clause", "author", "workplace", "name"):
            row.put(name, getattr(question, name))
        for name in ("verified_on", "valid_until"):
            day = getattr(question, name)
            row.put(name, day.isoformat() if day else "")
        if question.points is not None and is_first:
            row.put("points", f"{question.points:g}")


_CHOICES = frozenset({"single", "multiple"})


def _span(span: Span) -> str:
    return span.low if span.low == span.high else f"{span.low}~{span.high}"


def _is_same_rubric(read: Sequence[Criterion], meant: Sequence[Criterion]) -> bool:
    return tuple(read) == tuple(meant)


def filled(columns: Sequence[Column], record: Record) -> Iterator[str]:
    """Yield the texts of a row in the order of the columns."""
    return (record.text(column) for column in columns)
