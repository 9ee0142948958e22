"""Pages of the bank, one module for each desk."""

from . import (
    bank,
    edit,
    exporting,
    importing,
    media,
    quality,
    reports,
    sources,
    topics,
    versions,
)
from .blueprint import bp

__all__ = [
    "bank",
    "bp",
    "edit",
    "exporting",
    "importing",
    "media",
    "quality",
    "reports",
    "sources",
    "topics",
    "versions",
]
