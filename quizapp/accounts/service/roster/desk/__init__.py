"""The desk of rosters: take a file in, check it as a dry run, look at it, apply it or put it away.

A file belongs to whoever uploaded it and is shown to nobody else: it may name people whom only
that person administers.
"""

from .applying import apply_file, cancel, resume_stale, write_file
from .checking import check_again, check_file
from .receiving import AT_ONCE, receive
from .sheets import write_problems, write_template
from .viewing import FileLine, FileView, Panel, RowView, list_files, list_rows, view_file, view_row

__all__ = [
    "AT_ONCE",
    "FileLine",
    "FileView",
    "Panel",
    "RowView",
    "apply_file",
    "cancel",
    "check_again",
    "check_file",
    "list_files",
    "list_rows",
    "receive",
    "resume_stale",
    "view_file",
    "view_row",
    "write_file",
    "write_problems",
    "write_template",
]
