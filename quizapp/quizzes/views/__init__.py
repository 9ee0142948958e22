"""Pages of the quiz engine, one module for each thing that is done there."""

from . import marking, taking
from .blueprint import bp

__all__ = ["bp", "marking", "taking"]
