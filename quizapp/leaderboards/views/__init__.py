"""Pages of the boards: the team board and its kinds, the rules, one's own place, the desk."""

from . import board, campaigns, desk, kinds, own
from .blueprint import bp

__all__ = ["board", "bp", "campaigns", "desk", "kinds", "own"]
