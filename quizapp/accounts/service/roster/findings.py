"""What a check has to say: messages with the line of the file that they are about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]
_SHOWN = 40


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A line as the person sees it in the file, from 1; 0 is the file as a whole.

    ``sheet`` is empty when only one sheet was read: the number alone says where.
    """

    sheet: str
    number: int


WHOLE_FILE = Line("", 0)


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence, already in the language of the person who asked.

    ``field`` is the column at fault; empty when the sentence is about the line.
    """

    line: Line
    severity: Severity
    text: str
    field: str = ""


@dataclass
class Findings:
    """The messages of one check, in the order in which they were found."""

    messages: list[Message] = field(default_factory=list)

    def error(self, line: Line, text: str, field: str = "") -> None:
        """Add what keeps the whole file from being imported."""
        self.messages.append(Message(line, "error", text, field))

    def warning(self, line: Line, text: str, field: str = "") -> None:
        """Add what should be looked at, and is imported all the same."""
        self.messages.append(Message(line, "warning", text, field))

    def info(self, line: Line, text: str, field: str = "") -> None:
        """Add what will happen."""
        self.messages.append(Message(line, "info", text, field))


def shown(text: str) -> str:
    """Return ``text`` short enough to stand in a message."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
