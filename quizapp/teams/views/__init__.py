"""Pages of teams, one module for each kind."""

from . import goals, pages, thanks
from .blueprint import bp

__all__ = ["bp", "goals", "pages", "thanks"]
