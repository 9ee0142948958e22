"""Points earned, and corrected, for facts that other rooms announce."""

from __future__ import annotations

from quizapp.core.events import RewardCorrected, RewardsDue, listens_to

from . import service


@listens_to(RewardsDue)
def reward(due: RewardsDue) -> None:
    """Write what an act earns."""
    service.award_all(due.facts)


@listens_to(RewardCorrected)
def correct(fact: RewardCorrected) -> None:
    """Write the difference between what a fact earned and what it should have."""
    service.correct(fact)
