"""Pages of the rules: what everybody reads, and the desk where they are written."""

from . import desk, page
from .blueprint import bp

__all__ = ["bp", "desk", "page"]
