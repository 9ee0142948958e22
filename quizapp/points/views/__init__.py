"""Pages of the rules: what everybody reads, where they are written, where a line is set right."""

from . import corrections, desk, page
from .blueprint import bp

__all__ = ["bp", "corrections", "desk", "page"]
