"""What badges do about others' facts: note who is to be looked at, keep places of honour."""

from __future__ import annotations

from quizapp.core.events import ResponsesGraded, RewardCorrected, RewardsDue, listens_to
from quizapp.leaderboards.events import SeasonClosed

from . import service

# A finished set tells what it earns right after how it was graded; its person is noted once.
TOLD_WITH_A_SET = frozenset({"daily_correct", "daily_finished", "quiz_passed"})


@listens_to(ResponsesGraded)
def look_at_learner(fact: ResponsesGraded) -> None:
    """Note a person whose responses became final."""
    service.mark([fact.user_id])


@listens_to(RewardsDue)
def look_at_contributors(due: RewardsDue) -> None:
    """Note people who did something that is no set; what a team did is nobody's own."""
    service.mark(
        {
            fact.user_id
            for fact in due.facts
            if fact.user_id is not None and fact.activity not in TOLD_WITH_A_SET
        }
    )


@listens_to(RewardCorrected)
def look_again(fact: RewardCorrected) -> None:
    """Note a person in whose favour something was corrected."""
    service.mark([fact.user_id])


@listens_to(SeasonClosed)
def keep_places(fact: SeasonClosed) -> None:
    """Keep the places of honour of a season."""
    service.keep_places(fact)
