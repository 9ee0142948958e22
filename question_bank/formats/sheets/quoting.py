"""Keeping a spreadsheet from taking text for a formula, and taking that back on import.

A cell that begins with one of these marks is computed by the programs that open a CSV file. The
usual remedy is a single quote before it; but `'-1` may also be what an author typed. So the
exporter quotes every text that begins with a mark after any number of quotes, and marks the file;
in a marked file the reader takes away just one quote from just those texts. In a workbook the type
of the cell says that it is text, and nothing needs to be added.
"""

from collections.abc import Sequence
from typing import Any

EXPORT_MARK = "#zhixing-quoted"
_DANGEROUS = frozenset("=+-@\t\r\n\x00＝＋－＠")


def is_dangerous(text: str) -> bool:
    """Tell whether a text, or what follows its quotes, might be taken for a formula."""
    rest = text.lstrip("'")
    return rest[:1] in _DANGEROUS and bool(rest)


def quoted(text: str) -> str:
    """Return a text that no spreadsheet computes."""
    return f"'{text}" if is_dangerous(text) else text


def unquoted(text: str) -> str:
    """Return the text that `quoted` was given."""
    return text[1:] if text.startswith("'") and is_dangerous(text) else text


def unquoted_rows(rows: Sequence[Sequence[Any]], header: int) -> list[Sequence[Any]]:
    """Return rows, those below the header without the quotes that the exporter added."""
    below = [
        [unquoted(cell) if isinstance(cell, str) else cell for cell in row]
        for row in rows[header + 1 :]
    ]
    return [*rows[: header + 1], *below]
