"""The starter bank: one pack per theme, read through the same code as any other bank."""

from collections.abc import Iterator
from pathlib import Path


def paths() -> Iterator[Path]:
    """Yield the pack files of the starter bank, sorted by name."""
    yield from sorted(Path(__file__).parent.glob("*.toml"))
