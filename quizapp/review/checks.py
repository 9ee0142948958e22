"""What must hold for reviews."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.core.checks import invariant

from . import service


@invariant("I16", "What is published was signed by different people, none the author, as it is.")
def signatures_are_sound() -> Iterator[str]:
    """Yield each case whose signatures do not carry it."""
    yield from service.find_unsound()
