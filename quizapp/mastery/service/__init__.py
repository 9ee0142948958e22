"""What can be done with what people know, one module for each act."""

from .book import (
    Book,
    Explained,
    Listing,
    Noted,
    Sheet,
    Withheld,
    get_book,
    get_explained,
    get_mastered,
    get_sheet,
    list_due,
    withholds,
)
from .cards import CardView, find_cards
from .rebuilding import find_wrong_cards, find_wrong_sums, rebuild
from .recalling import Recall, recall
from .recording import remember
from .retention import Mean, Retention, UnitMeans, get_retention, retention
from .settings import Settings, get_settings, set_confidence, set_rest
from .topics import Known, ThemeKnown, list_known

__all__ = [
    "Book",
    "CardView",
    "Explained",
    "Known",
    "Listing",
    "Mean",
    "Noted",
    "Recall",
    "Retention",
    "Settings",
    "Sheet",
    "ThemeKnown",
    "UnitMeans",
    "Withheld",
    "find_cards",
    "find_wrong_cards",
    "find_wrong_sums",
    "get_book",
    "get_explained",
    "get_mastered",
    "get_retention",
    "get_settings",
    "get_sheet",
    "list_due",
    "list_known",
    "rebuild",
    "recall",
    "remember",
    "retention",
    "set_confidence",
    "set_rest",
    "withholds",
]
