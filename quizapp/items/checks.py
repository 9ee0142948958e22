"""What must hold for stored items."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.core.checks import invariant

from . import service
from .service.checking import find_wrong_counts


@invariant("I11", "The content of every item version fits its hash, and sign-offs vouch for it.")
def versions_are_unchanged() -> Iterator[str]:
    """Yield each version, or sign-off, whose content hash does not fit."""
    yield from service.find_broken_versions()


@invariant("I19", "An item knows how many reports about it are open.")
def reports_are_counted() -> Iterator[str]:
    """Yield items whose count differs from their reports."""
    yield from find_wrong_counts()


@invariant("I17", "The sums behind the numbers of items are what the responses come to.")
def sums_fit_the_responses() -> Iterator[str]:
    """Yield each row of sums of a settled day that the responses do not give."""
    yield from service.find_wrong_sums()
