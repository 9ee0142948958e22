"""What must hold for what people know."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.core.checks import invariant

from . import service


@invariant("I40", "Every card is what the memory model makes of its person's final answers.")
def cards_fit_the_answers() -> Iterator[str]:
    """Yield cards that folding anew would change."""
    yield from service.find_wrong_cards()


@invariant(
    "I41", "The sums of re-tests are what the cards come to, each person in one team a month."
)
def retests_are_counted_once() -> Iterator[str]:
    """Yield sums that counting anew would change."""
    yield from service.find_wrong_sums()
