"""The missing-word format of Moodle: a sentence with answers in braces in the place of a word.

`The sky is {=blue ~green ~75%grey#nearly}, they say.` Nothing is escaped in it.
"""

import re
from collections.abc import Iterator
from itertools import islice

from question_bank.formats.encodings import decode
from question_bank.formats.markup import bare
from question_bank.formats.moodle.gaps import GAP, drawn, one_gap
from question_bank.formats.moodle.grades import grade, single_choice
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import MAX_QUESTIONS, Question, Reading
from question_bank.items.draft import Accepted, Draft, DraftBlank, DraftOption

_SHARE = re.compile(r"%?([0-9]{1,3}(?:[.,][0-9]{0,10})?)%")


def read(data: bytes, filename: str) -> Reading:
    """Read a missing-word file. Never raises; what cannot be a question has a problem."""
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Reading("missing_word", (), problems=(decoded,))
    questions = tuple(
        _question(text, Where(line=line))
        for line, text in islice(_paragraphs(decoded.text), MAX_QUESTIONS + 1)
    )
    return Reading("missing_word", questions, decoded.encoding)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield paragraphs, each as one line, with the number of their first line."""
    lines: list[str] = []
    for number, line in enumerate([*text.lstrip("\ufeff").split("\n"), ""], start=1):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield number - len(lines), " ".join(lines)
            lines = []


def _question(text: str, where: Where) -> Question:
    begins, ends = text.find("{"), text.find("}")
    if begins < 0 or ends < begins:
        return _refused("plain.no_answers" if begins < 0 else "plain.brace_missing", text, where)
    if "{" in text[ends:]:
        return _refused("plain.second_answers", text, where)
    stem = bare(text[:begins] + GAP + text[ends + 1 :])
    parts = [part.strip() for part in text[begins + 1 : ends].replace("=", "~=").split("~")]
    parts = [part for part in parts if part]
    if not parts:
        return _refused("plain.no_answers", text, where)
    if len(parts) == 1:
        word = Accepted(bare(parts[0].removeprefix("=").partition("#")[0]))
        stem, mended = one_gap(stem, where)
        draft = Draft("cloze", stem, blanks=(DraftBlank((word,)),))
        return Question(draft, where, problems=tuple(mended))
    scoring, options = single_choice([_option(part) for part in parts])
    return Question(Draft("single", drawn(stem), options=options, scoring=scoring), where)


def _option(text: str) -> DraftOption:
    """Read one answer. An underscore before it only keeps a number from being taken for a share."""
    is_right = text.startswith("=")
    text = text.removeprefix("=").strip()
    found = _SHARE.match(text)
    share = grade(found[1]) if found else None
    if found and share is not None:
        text = text[found.end() :].strip()
    elif text[:1] == "_":
        text = text[1:]
    said, _, feedback = text.partition("#")
    weight = 1.0 if is_right and share is None else share or 0.0
    return DraftOption(bare(said), weight=weight, feedback=bare(feedback))


def _refused(code: str, text: str, where: Where) -> Question:
    return Question(Draft("", bare(text)), where, problems=(problem(code, where),))
