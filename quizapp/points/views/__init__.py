"""Pages of points: the desk where single lines are set right."""

from . import corrections
from .blueprint import bp

__all__ = ["bp", "corrections"]
