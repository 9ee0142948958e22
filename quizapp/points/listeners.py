"""Points earned, and corrected, for facts that other rooms announce."""

from __future__ import annotations

from quizapp.core.events import Rewardable, RewardCorrected, listens_to

from . import service


@listens_to(Rewardable)
def reward(fact: Rewardable) -> None:
    """Write what a fact earns."""
    service.award(fact)


@listens_to(RewardCorrected)
def correct(fact: RewardCorrected) -> None:
    """Write the difference between what a fact earned and what it should have."""
    service.correct(fact)
