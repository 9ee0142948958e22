"""Pages of the desk: people, units, displays, settings."""

from . import displays, people, roster, settings, units
from .blueprint import bp

__all__ = ["bp", "displays", "people", "roster", "settings", "units"]
