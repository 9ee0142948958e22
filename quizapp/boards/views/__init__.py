"""Pages of the displays, of what is printed instead, and of one's own citations."""

from . import citations, pairing, pictures, preshift, printing, tv
from .blueprint import COOKIE, COOKIE_SECONDS, bp

__all__ = [
    "COOKIE",
    "COOKIE_SECONDS",
    "bp",
    "citations",
    "pairing",
    "pictures",
    "preshift",
    "printing",
    "tv",
]
