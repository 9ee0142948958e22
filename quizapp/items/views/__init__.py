"""Pages of the bank, one module for each desk."""

from . import importing
from .blueprint import bp

__all__ = ["bp", "importing"]
