"""The Aiken format: a line with the question, lettered options, and `ANSWER: B`.

More is accepted than other programs accept, and each time it is said so: Chinese punctuation, a
question of several lines, a key of several letters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from question_bank.formats.encodings import decode
from question_bank.formats.markup import bare
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import MAX_QUESTIONS, Question, Reading
from question_bank.items.draft import Draft, DraftOption

_OPTION = re.compile(r"([A-ZＡ-Ｚ])[ \t]?([.)．）、:：])[ \t]*+(.*)")
_STRICT_OPTION = re.compile(r"[A-Z][.)]")
_KEY = re.compile(r"(ANSWER)[ \t]*([:：])(.*)", re.IGNORECASE)
_STRICT_KEY = re.compile(r"ANSWER:")
_LETTERS = re.compile(r"([A-Za-zＡ-Ｚａ-ｚ])(?:[.)．）、](?:\s.*)?)?")
_SEVERAL = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ](?:[\s,，、;；/&+]*[A-Za-zＡ-Ｚａ-ｚ])+[.。]?")
_LONG = 10_000
_LOOK_AHEAD = 20
_ONLY_MARKS = re.compile(r"[\W_]+")


@dataclass(slots=True)
class _Lines:
    """The lines of one question so far."""

    line: int
    stem: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def where(self) -> Where:
        return Where(line=self.line)


def read(data: bytes, filename: str) -> Reading:
    """Read an Aiken file. Never raises; what cannot be a question has a problem."""
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Reading("aiken", (), problems=(decoded,))
    lines = [line.strip() for line in decoded.text.lstrip("\ufeff").split("\n")]
    return Reading("aiken", tuple(_Reader(lines).questions()), decoded.encoding)


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._found: list[Question] = []
        self._open: _Lines | None = None

    def questions(self) -> list[Question]:
        """Return all questions, good and refused, in their order."""
        for index, line in enumerate(self._lines):
            if len(self._found) > MAX_QUESTIONS:
                return self._found
            if not line or (len(line) < 2 and _ONLY_MARKS.fullmatch(line)):
                continue
            key, option = _KEY.match(line), _OPTION.match(line)
            if key:
                self._end(index, key[3].strip())
            elif option and self._is_next(option[1], index):
                self._add_option(index, _half(option[1]), option[3])
            else:
                self._add_text(index)
        self._give_up()
        return self._found

    def _is_next(self, letter: str, index: int) -> bool:
        """Tell whether a lettered line is an option: `A` begins, any other follows a letter."""
        begun = self._open is not None and bool(self._open.letters)
        return begun or _half(letter) == "A" or self._lines[index].startswith(letter + ")")

    def _current(self, index: int) -> _Lines:
        if self._open is None:
            self._open = _Lines(index + 1)
        return self._open

    def _add_option(self, index: int, letter: str, text: str) -> None:
        current = self._open
        if current is not None and letter == "A" and current.letters:
            self._give_up()
        current = self._current(index)
        self._note_marks(current, index, _STRICT_OPTION, f"{letter})")
        current.letters.append(letter)
        current.options.append(text)

    def _add_text(self, index: int) -> None:
        """Add a line that is neither option nor key: a new question, or more of what is open."""
        current = self._open
        follows = index > 0 and bool(self._lines[index - 1])
        if current is not None and follows and (not current.options or self._goes_on(index)):
            texts = current.options or current.stem
            if len(texts[-1]) < _LONG:
                texts[-1] += "\n" + self._lines[index]
                self._note_once(current, problem("plain.lines_joined", current.where))
                return
        self._give_up()
        self._current(index).stem.append(self._lines[index])

    def _goes_on(self, index: int) -> bool:
        """Tell whether the options go on below a line, which then belongs to the last of them."""
        last = self._open.letters[-1] if self._open and self._open.letters else ""
        for line in self._lines[index + 1 : index + 1 + _LOOK_AHEAD]:
            if not line:
                return False
            if _KEY.match(line):
                return True
            option = _OPTION.match(line)
            if option:
                return _half(option[1]) > last
        return False

    def _end(self, index: int, key: str) -> None:
        """End the open question with its key."""
        current = self._current(index)
        self._note_marks(current, index, _STRICT_KEY, "ANSWER:")
        self._open = None
        self._found.append(_question(current, key))

    def _give_up(self) -> None:
        """End the open question without a key."""
        current, self._open = self._open, None
        if current is None:
            return
        code = "plain.key_missing" if current.options else "plain.text_alone"
        self._found.append(_refused(current, problem(code, current.where)))

    def _note_marks(
        self, current: _Lines, index: int, strict: re.Pattern[str], meaning: str
    ) -> None:
        """Say so when a line was understood that the format does not allow."""
        line = self._lines[index]
        if not strict.match(line):
            where = Where(line=index + 1)
            current.problems.append(
                problem(
                    "plain.marks_accepted", where, line=index + 1, text=line[:20], meaning=meaning
                )
            )

    @staticmethod
    def _note_once(current: _Lines, found: Problem) -> None:
        if found not in current.problems:
            current.problems.append(found)


def _half(letter: str) -> str:
    """Return a letter in half width."""
    return chr(ord(letter) - 0xFEE0) if letter > "\uff00" else letter


def _question(current: _Lines, key: str) -> Question:
    """Build the question of lines that have a key, or refuse it."""
    if not current.stem:
        code = "plain.options_without_stem" if current.options else "plain.text_alone"
        return _refused(current, problem(code, current.where))
    if len(current.options) < 2:
        few = problem("plain.answers_few", current.where, count=len(current.options), least=2)
        return _refused(current, few)
    keys = _keys(key, current.letters)
    if not keys:
        unread = problem(
            "plain.key_unreadable",
            current.where,
            text=key[:60],
            first=current.letters[0],
            last=current.letters[-1],
        )
        return _refused(current, unread)
    problems = list(current.problems)
    if len(keys) > 1:
        problems.append(problem("plain.several_keys", current.where, count=len(keys)))
    options = tuple(
        DraftOption(bare(text), letter in keys)
        for letter, text in zip(current.letters, current.options, strict=True)
    )
    kind = "multiple" if len(keys) > 1 else "single"
    draft = Draft(kind, _stem(current), options=options, scoring="all_or_nothing")
    return Question(draft, current.where, problems=tuple(problems))


def _keys(key: str, letters: Sequence[str]) -> set[str]:
    """Return the letters that a key names, none when one of them is no option."""
    one = _LETTERS.fullmatch(key)
    if one:
        named = [one[1]]
    elif _SEVERAL.fullmatch(key):
        named = [sign for sign in key if sign.isalpha()]
    else:
        return set()
    found = [_half(letter).upper() for letter in named]
    is_clear = len(set(found)) == len(found) and set(found) <= set(letters)
    return set(found) if is_clear else set()


def _stem(current: _Lines) -> str:
    return bare("\n".join(current.stem))


def _refused(current: _Lines, refusal: Problem) -> Question:
    options = tuple(DraftOption(bare(text)) for text in current.options)
    draft = Draft("", _stem(current), options=options)
    return Question(draft, current.where, problems=(refusal, *current.problems))
