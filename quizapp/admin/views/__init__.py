"""Pages of the desk: people, units, displays, settings."""

from . import absences, bulletins, displays, people, roster, seasons, settings, shifts, units
from .blueprint import bp

__all__ = [
    "absences",
    "bp",
    "bulletins",
    "displays",
    "people",
    "roster",
    "seasons",
    "settings",
    "shifts",
    "units",
]
