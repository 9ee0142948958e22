"""Cutting a GIFT file into questions: comments, categories, escapes, blank lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from question_bank.formats.html_tree import words
from question_bank.formats.problems import Problem, Where, problem

# An escaped character is moved to this private plane, so that it controls nothing while the
# question is taken apart, and moved back at the end.
_PLANE = 0xF0000
_BACK = {_PLANE + ord(character): character for character in "\\:#={}~\n"}
_TOKEN = re.compile(r"\n|\$\$?|\\\\?[()\[\]]|\\\\|\\n[A-Za-z]*|\\[:#={}~]")
# Commands of LaTeX that begin like an escaped line break.
_LATEX = words(
    "nabla natural nearrow nebigwedge ne neg neq neqq neqsim newline nexists ngeq ngeqq ngeqslant "
    "ngtr ni nll nleftarrow nleq nleqq nleqslant nleftrightarrow nless nmid nobreak nolimits "
    "nonumber normalsize not notag notin nparallel nprec npreceq nrightarrow nshortmid nsim "
    "nsubset nsubseteq nsucc nsucceq nsupset nsupseteq ntriangleleft ntriangleright nu num nvdash "
    "nwarrow"
)
_LOOK_AHEAD = 50
_BACKSLASH = chr(_PLANE + 92)
_AT_BLANK_LINE = re.compile(r"[ \t]*+(?:\n|\Z)")
_BLANK = "\ufeff \t\u3000\xa0\u200b"
_COMMENT_FIELD = re.compile(r"\[(id|tag|rubric|sample):((?:[^\\\]]|\\.)++)\]")
_ESCAPED = re.compile(r"\\(.)")
_CATEGORY = re.compile(r"\s*\$CATEGORY\s*[:：](.*)", re.DOTALL)


@dataclass(slots=True)
class Block:
    """The lines of one question, escapes moved away; `line` is its first line from 1."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    has_open: bool = False
    has_close: bool = False

    def add(self, number: int, line: str, latex: Iterable[str]) -> None:
        """Add a line; `latex` is what in it was kept as LaTeX."""
        self.line = self.line or number
        self.lines.append(line.rstrip())
        self.has_open = self.has_open or "{" in line
        self.has_close = self.has_close or "}" in line
        for command in dict.fromkeys(latex):
            self.problems.append(problem("plain.latex_kept", Where(line=number), text=command))

    @property
    def text(self) -> str:
        """Return the question without comments."""
        return "\n".join(self.lines).strip()

    @property
    def where(self) -> Where:
        """Return the place of the question."""
        return Where(line=self.line)

    def fields(self, name: str) -> list[str]:
        """Return what the comments say in fields such as `[tag:fire]`."""
        return [
            _ESCAPED.sub(lambda sign: "\n" if sign[1] == "n" else sign[1], value).strip()
            for comment in self.comments
            for key, value in _COMMENT_FIELD.findall(comment)
            if key == name
        ]


def restored(text: str) -> str:
    """Return text with its escaped characters back in place."""
    return text.translate(_BACK)


def category_line(line: str) -> str | None:
    """Return the path that a line switches to, or None when it is no category line."""
    found = _CATEGORY.match(line)
    return found[1].strip() if found else None


def blocks(text: str) -> Iterator[Block | str]:
    """Yield questions as blocks, and the path of each category line as text.

    A blank line ends a question, as do a category line and, when the answers are closed, a line
    that begins with the next name.
    """
    hidden, kept = _escapes_hidden(text)
    lines, raw_lines = hidden.split("\n"), text.split("\n")
    block = Block()
    for index, line in enumerate(lines):
        stripped = line.strip(_BLANK)
        path = category_line(stripped)
        if path is not None:
            yield from _whole(block)
            yield restored(path)
            block = Block()
        elif not stripped:
            if block.has_open and not block.has_close and _closes_later(lines, index + 1):
                block.problems.append(problem("plain.blank_line_inside", Where(line=index + 1)))
                continue
            yield from _whole(block)
            block = Block()
        elif stripped.startswith("//"):
            block.comments.append(raw_lines[index])
        else:
            if stripped.startswith(("::", "：：")) and block.has_close:
                yield from _whole(block)
                block = Block()
                block.problems.append(problem("plain.blank_line_added", Where(line=index + 1)))
            block.add(index + 1, line if block.lines else stripped, kept.get(index, ()))
    yield from _whole(block)


def _escapes_hidden(text: str) -> tuple[str, dict[int, list[str]]]:
    """Move escaped characters away. LaTeX such as `\\neq` inside a formula is no line break.

    Also returned is what was kept as LaTeX, by the index of its line. A formula that is never
    closed ends at the next blank line.
    """
    kept: dict[int, list[str]] = {}
    line = 0
    in_formula = in_dollars = False

    def moved(found: re.Match[str]) -> str:
        nonlocal line, in_formula, in_dollars
        sign = found[0]
        if sign == "\n":
            line += 1
            in_dollars = False
            in_formula = in_formula and not _AT_BLANK_LINE.match(text, found.end())
        elif sign == "$$":
            in_formula = not in_formula
        elif sign == "$":
            in_dollars = not in_dollars
        elif sign[-1] in "()[]":
            in_formula = sign[-1] in "(["
            return _BACKSLASH + sign[-1]
        elif sign == "\\\\":
            return _BACKSLASH
        elif sign[1] != "n":
            return chr(_PLANE + ord(sign[1]))
        elif (in_formula or in_dollars) and sign[1:] in _LATEX:
            kept.setdefault(line, []).append(sign)
            return _BACKSLASH + sign[1:]
        else:
            return chr(_PLANE + 10) + sign[2:]
        return sign

    return _TOKEN.sub(moved, text), kept


def _whole(block: Block) -> Iterator[Block]:
    if block.lines:
        yield block


def _closes_later(lines: list[str], start: int) -> bool:
    """Tell whether open answers are closed before another question begins."""
    for raw in lines[start : start + _LOOK_AHEAD]:
        line = raw.strip(_BLANK)
        if line.startswith(("::", "$CATEGORY")):
            return False
        if line.startswith("//"):
            continue
        closes, opens = line.find("}"), line.find("{")
        if closes >= 0 or opens >= 0:
            return closes >= 0 and (opens < 0 or closes < opens)
    return False
