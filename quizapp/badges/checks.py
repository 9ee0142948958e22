"""What must hold for badges."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.core.checks import invariant

from . import service


@invariant("I70", "Every badge that somebody has is earned by facts that hold.")
def badges_are_founded() -> Iterator[str]:
    """Yield badges whose cause is missing."""
    yield from service.find_unfounded()


@invariant("I71", "Everybody who earned a badge has it, or is about to be looked at.")
def badges_are_given() -> Iterator[str]:
    """Yield people without a badge that they have earned."""
    yield from service.find_missing()
