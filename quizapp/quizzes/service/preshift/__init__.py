"""The question before a shift: one for the team, answered by show of hands, recorded once."""

from .asking import (
    Line,
    Question,
    Told,
    find_question,
    get_question,
    get_team,
    list_lines,
    list_teams,
    present_shift,
)
from .codes import code_of
from .keeping import Sheet, SheetKey, SheetLine, prepare, prepare_due, print_week
from .past import PastAnswer, record_past
from .recording import Entry, record, record_on_wall

__all__ = [
    "Entry",
    "Line",
    "PastAnswer",
    "Question",
    "Sheet",
    "SheetKey",
    "SheetLine",
    "Told",
    "code_of",
    "find_question",
    "get_question",
    "get_team",
    "list_lines",
    "list_teams",
    "prepare",
    "prepare_due",
    "present_shift",
    "print_week",
    "record",
    "record_on_wall",
    "record_past",
]
