"""The Cloze format of Moodle: a text file with one question whose answers stand in the text."""

from question_bank.formats.encodings import decode
from question_bank.formats.moodle.embedded import Unreadable, has_embedded, read_embedded
from question_bank.formats.moodle.rich import Rich
from question_bank.formats.moodle.texts import MOODLE
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import MAX_QUESTIONS, Question, Reading
from question_bank.items.draft import Draft


def read(data: bytes, filename: str) -> Reading:
    """Read a file that is one question with embedded answers. Never raises.

    Several such questions, separated by blank lines with answers in each part, are read one by one.
    """
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Reading("cloze", (), problems=(decoded,))
    questions: list[Question] = []
    media: dict[str, bytes] = {}
    for line, text in _parts(decoded.text.lstrip("\ufeff"))[: MAX_QUESTIONS + 1]:
        rich = Rich(Where(line=line))
        questions.append(_question(text, rich))
        media.update(rich.embedded)
    return Reading("cloze", tuple(questions), decoded.encoding, media=media)


def _parts(text: str) -> list[tuple[int, str]]:
    """Return the questions with their first lines: paragraphs, when each has answers of its own."""
    parts: list[tuple[int, str]] = []
    begins: int | None = None
    lines = [*text.split("\n"), ""]
    for index, line in enumerate(lines):
        if line.strip() and begins is None:
            begins = index
        elif not line.strip() and begins is not None:
            parts.append((begins + 1, "\n".join(lines[begins:index])))
            begins = None
    if len(parts) > 1 and all(has_embedded(part) for _line, part in parts):
        return parts
    return [(parts[0][0], text.strip())] if parts else []


def _question(text: str, rich: Rich) -> Question:
    try:
        draft = read_embedded(text, MOODLE, rich, {})
    except Unreadable as found:
        draft = Draft("", rich.text(text, MOODLE))
        rich.take_media()
        refusal = problem(found.code, rich.where, **found.params)
        return Question(draft, rich.where, problems=(refusal, *rich.problems))
    return Question(draft, rich.where, problems=tuple(rich.problems))
