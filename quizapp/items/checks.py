"""What must hold for stored items."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.core.checks import invariant

from . import service


@invariant("I11", "The content of every item version fits its hash, and sign-offs vouch for it.")
def versions_are_unchanged() -> Iterator[str]:
    """Yield each version, or sign-off, whose content hash does not fit."""
    yield from service.find_broken_versions()
