"""What the pages of home show, put together from the rooms below."""

from .pages import (
    LEDGER_PAGE,
    DailyCard,
    EntryLine,
    LedgerPage,
    Me,
    Today,
    get_ledger,
    get_me,
    get_today,
)
from .results import PointLine, Result, Step, TopicLine, get_effect, get_result

__all__ = [
    "LEDGER_PAGE",
    "DailyCard",
    "EntryLine",
    "LedgerPage",
    "Me",
    "PointLine",
    "Result",
    "Step",
    "Today",
    "TopicLine",
    "get_effect",
    "get_ledger",
    "get_me",
    "get_result",
    "get_today",
]
