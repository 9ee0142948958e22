"""Absences, secondments, arrivals and shift calendars: by form, and by table with a dry run."""

from .files import (
    AbsenceRow,
    DutyView,
    apply_duty,
    cancel_duty,
    kind_words,
    list_absences,
    problem_words,
    receive_duty,
    record_duty,
    remove_absence,
    view_duty,
)
from .reading import MAX_BYTES, MAX_ROWS
from .running import Outcome, write_pattern
from .sheets import write_duty_problems, write_duty_template
from .words import ABSENCES, SHIFTS, read_cycle, word_for

__all__ = [
    "ABSENCES",
    "MAX_BYTES",
    "MAX_ROWS",
    "SHIFTS",
    "AbsenceRow",
    "DutyView",
    "Outcome",
    "apply_duty",
    "cancel_duty",
    "kind_words",
    "list_absences",
    "problem_words",
    "read_cycle",
    "receive_duty",
    "record_duty",
    "remove_absence",
    "view_duty",
    "word_for",
    "write_duty_problems",
    "write_duty_template",
    "write_pattern",
]
