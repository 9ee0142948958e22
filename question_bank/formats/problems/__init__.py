"""Problems that a reader or the gate reports: codes with parameters and a place, never sentences.

`RULES` holds every code, gathered from the tables beside this module: its severity, its parameters,
and one plain English sentence for the command line. The interface words the same codes in its own
languages, and may list the table to prove that it words them all. Parameters hold numbers and
strings only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType
from typing import Literal

from question_bank.formats.problems import (
    building,
    desk,
    files,
    gate,
    markup,
    packs,
    plain,
    qti,
    tables,
)

Severity = Literal["error", "decision", "fix", "warning"]
Param = str | int | float


@dataclass(frozen=True, slots=True)
class Where:
    """Where a problem is, as far as known.

    `line` is a line or row, counted from 1; `item` an item's id or name; `cell` a cell as people
    name it (`H23`); `sheet` the sheet it is on; `entry` the file inside an archive.
    """

    line: int | None = None
    item: str | None = None
    cell: str | None = None
    sheet: str | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a question or a file.

    `error`: it is refused. `decision`: a person has to say which of two readings is meant. `fix`:
    it was mended, and how. `warning`: something was left out, or looks odd.
    """

    code: str
    where: Where
    params: dict[str, Param] = field(default_factory=dict)
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means: its severity, and the English sentence that its parameters go into."""

    severity: Severity
    english: str

    @property
    def params(self) -> frozenset[str]:
        """Return the names of the code's parameters: those that its sentence uses."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.english) if name)


_TABLES = (packs, gate, building, files, markup, plain, qti, tables, desk)


def _rules() -> dict[str, Rule]:
    """Join the tables; a code stands in one of them only."""
    found: dict[str, Rule] = {}
    severities: tuple[tuple[str, Severity], ...] = (
        ("ERRORS", "error"),
        ("DECISIONS", "decision"),
        ("FIXES", "fix"),
        ("WARNINGS", "warning"),
    )
    for table in _TABLES:
        for name, severity in severities:
            for code, english in getattr(table, name, {}).items():
                if code in found:
                    raise ValueError(f"the code {code} stands in two tables")
                found[code] = Rule(severity, english)
    return found


RULES: Mapping[str, Rule] = MappingProxyType(_rules())


def problem(code: str, where: Where, **params: Param) -> Problem:
    """Build a problem with the severity of its code.

    Raises KeyError for a code that is not in the table, ValueError for parameters not its own.
    """
    rule = RULES[code]
    if params.keys() != rule.params:
        raise ValueError(f"{code} takes {sorted(rule.params)}, not {sorted(params)}")
    return Problem(code, where, params, rule.severity)


def in_english(found: Problem) -> str:
    """Return the sentence of a problem for the command line."""
    return RULES[found.code].english.format(**found.params)
