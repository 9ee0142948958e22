"""Questions as a CSV file, for programs that read no workbooks."""

from collections.abc import Mapping, Sequence

from question_bank.formats.reading import Question
from question_bank.formats.sheets.writing import write_csv
from question_bank.formats.writing import Written


def write(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
    """Return a CSV file; it has no room for pictures, which `left_out` names."""
    return write_csv(questions)
