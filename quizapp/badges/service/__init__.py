"""The front door of badges: one module for each act."""

from .earning import (
    award_missing,
    evaluate_waiting,
    find_missing,
    find_unfounded,
    keep_places,
    mark,
)
from .own import ON_ME, BadgeLine, Notice, Shelf, get_shelf

__all__ = [
    "ON_ME",
    "BadgeLine",
    "Notice",
    "Shelf",
    "award_missing",
    "evaluate_waiting",
    "find_missing",
    "find_unfounded",
    "get_shelf",
    "keep_places",
    "mark",
]
