"""Importing questions: receive a file, read it as a dry run, decide, write it to the bank."""

from .committing import cancel, confirm, fail, resume_stale, undo, write_import
from .deciding import AS_READ, IMPORT, SKIP, correct, decide, take_back
from .fields import Fields, corrected, fields_of, is_correctable
from .leftovers import write_leftovers
from .reading import read_import
from .receiving import receive
from .viewing import (
    ImportLine,
    ImportView,
    RowLine,
    RowPanel,
    find_next_decision,
    find_open_position,
    list_imports,
    list_rows,
    view_import,
    view_row,
)

__all__ = [
    "AS_READ",
    "IMPORT",
    "SKIP",
    "Fields",
    "ImportLine",
    "ImportView",
    "RowLine",
    "RowPanel",
    "cancel",
    "confirm",
    "correct",
    "corrected",
    "decide",
    "fail",
    "fields_of",
    "find_next_decision",
    "find_open_position",
    "is_correctable",
    "list_imports",
    "list_rows",
    "read_import",
    "receive",
    "resume_stale",
    "take_back",
    "undo",
    "view_import",
    "view_row",
    "write_import",
    "write_leftovers",
]
