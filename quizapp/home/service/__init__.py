"""What the pages of home show, put together from the rooms below."""

from .ledger import LEDGER_PAGE, LedgerPage, Room, Shown, get_ledger
from .pages import DailyCard, EntryLine, Me, Today, get_me, get_today
from .results import PointLine, Result, Step, TopicLine, get_effect, get_result

__all__ = [
    "LEDGER_PAGE",
    "DailyCard",
    "EntryLine",
    "LedgerPage",
    "Me",
    "PointLine",
    "Result",
    "Room",
    "Shown",
    "Step",
    "Today",
    "TopicLine",
    "get_effect",
    "get_ledger",
    "get_me",
    "get_result",
    "get_today",
]
