"""Pages of the desk: people, units, displays, settings."""

from . import absences, displays, people, roster, seasons, settings, shifts, units
from .blueprint import bp

__all__ = [
    "absences",
    "bp",
    "displays",
    "people",
    "roster",
    "seasons",
    "settings",
    "shifts",
    "units",
]
