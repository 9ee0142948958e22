"""Finding the row of column names in a sheet, below banners and empty rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from quizapp.core.forms import Refusal

from .archive import MAX_COLUMNS, too_many_columns
from .cells import clean
from .findings import shown
from .words import vocabulary, word_key

PEOPLE, UNITS = "people", "units"


@dataclass(frozen=True)
class Header:
    """The row of column names: ``kind`` is people, units, or empty when names are missing.

    ``index`` counts rows from 0; ``columns`` gives the place of each field and ``names`` what the
    file calls it; ``score`` is the number of columns that were understood, ``unused`` are the
    names of the others.
    """

    kind: str = ""
    index: int = 0
    score: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    def in_order(self) -> list[str]:
        """Return the fields from the left to the right."""
        return sorted(self.columns, key=lambda field: self.columns[field])


def find_header(rows: Sequence[Sequence[Any]]) -> Header:
    """Return the row of column names: the first that names a roster, else the most promising one.

    Raises Refusal when two columns of it have one name.
    """
    best = Header()
    for index, cells in enumerate(rows):
        names = [clean(cell) if isinstance(cell, str) else "" for cell in cells]
        header = _read_names(index, names)
        if header.kind:
            if any(names[MAX_COLUMNS:]):
                raise too_many_columns()
            return header
        if header.score > best.score:
            best = header
    return best


def _read_names(index: int, names: list[str]) -> Header:
    """Return what one row would be as a row of column names."""
    keys = [word_key(name) for name in names]
    people = [vocabulary().people.get(key, "") for key in keys]
    units = [vocabulary().units.get(key, "") for key in keys]
    if {"number", "name"} <= set(people):
        return _header(PEOPLE, index, names, people)
    if {"code", "name"} <= set(units) and {"kind", "parent"} & set(units):
        return _header(UNITS, index, names, units)
    understood = {meaning for meaning in people if meaning}
    return Header(index=index, score=len(understood), columns=dict.fromkeys(understood, 0))


def _header(kind: str, index: int, names: list[str], meanings: list[str]) -> Header:
    """Return the columns by meaning; of two with one meaning the word listed first counts."""
    columns: dict[str, int] = {}
    for place, meaning in enumerate(meanings):
        rival = columns.get(meaning)
        if meaning and (rival is None or _is_better(kind, names[place], names[rival])):
            columns[meaning] = place
    taken = set(columns.values())
    return Header(
        kind=kind,
        index=index,
        score=len(columns),
        columns=columns,
        names={meaning: names[place] for meaning, place in columns.items()},
        unused=tuple(n for place, n in enumerate(names) if n and place not in taken),
    )


def _is_better(kind: str, name: str, rival: str) -> bool:
    """Tell whether ``name`` says a meaning better than ``rival``; refuse the same word twice."""
    words = list(vocabulary().people if kind == PEOPLE else vocabulary().units)
    rank, rivals = words.index(word_key(name)), words.index(word_key(rival))
    if rank == rivals:
        raise Refusal(
            _("Two columns are called “%(name)s”. Keep one of them.", name=shown(name)), status=422
        )
    return rank < rivals


def missing_column(best: Header | None) -> Refusal:
    """Return the refusal of a file without a row of column names; ``best`` came closest."""
    if best is None or best.score < 2:
        return Refusal(
            _(
                "No row of column names was found. A roster has at least the columns "
                "“employee number” and “name”."
            ),
            status=422,
        )
    lacks = _("name") if "number" in best.columns else _("employee number")
    return Refusal(
        _(
            "Line %(line)s has column names, but none for “%(column)s”.",
            line=best.index + 1,
            column=lacks,
        ),
        status=422,
    )
