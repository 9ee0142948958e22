"""Pages of the bank, one module for each desk."""

from .blueprint import bp

__all__ = ["bp"]
