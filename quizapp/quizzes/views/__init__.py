"""Pages of the quiz engine, one module for each thing that is done there."""

from . import desk, desk_acts, desk_settings, marking, offers, past, preshift, taking, totals
from .blueprint import bp

__all__ = [
    "bp",
    "desk",
    "desk_acts",
    "desk_settings",
    "marking",
    "offers",
    "past",
    "preshift",
    "taking",
    "totals",
]
