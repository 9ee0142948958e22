"""Pages of the boards: the team board and its kinds, the rules, one's own place, the desk."""

from . import board, campaigns, desk, kinds, own
from .blueprint import bp
from .kept import bracket_label

__all__ = ["board", "bp", "bracket_label", "campaigns", "desk", "kinds", "own"]
