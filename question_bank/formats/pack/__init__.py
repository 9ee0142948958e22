"""The `pack` format: the project's own, one readable TOML file per theme (docs/pack-format.md)."""

from question_bank.formats.pack.model import (
    FORMAT,
    Difficulty,
    Pack,
    PackItem,
    PackReading,
    PackSource,
)
from question_bank.formats.pack.reading import read
from question_bank.formats.pack.writing import write

__all__ = [
    "FORMAT",
    "Difficulty",
    "Pack",
    "PackItem",
    "PackReading",
    "PackSource",
    "read",
    "write",
]
