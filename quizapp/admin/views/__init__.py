"""Pages of the desk: people, units, displays, settings."""

from . import bulletins, displays, people, roster, settings, units
from .blueprint import bp

__all__ = ["bp", "bulletins", "displays", "people", "roster", "settings", "units"]
