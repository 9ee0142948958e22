"""Invariants of statutory training."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.core.checks import invariant

from .service import find_missing, find_unfounded


@invariant("I60", "Every pass of a statutory exam has its certificate.")
def passes_are_certified() -> Iterator[str]:
    """Yield a line for every pass without a certificate."""
    yield from find_missing()


@invariant("I61", "Every certificate names a pass of its person and ends when its edition says.")
def certificates_are_founded() -> Iterator[str]:
    """Yield a line for every certificate that proves nothing."""
    yield from find_unfounded()
