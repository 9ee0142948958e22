"""What the bank does about its wordings on their way through review."""

from __future__ import annotations

from quizapp.core.events import listens_to
from quizapp.review import service as review
from quizapp.review.events import (
    WordingCancelled,
    WordingExpired,
    WordingMoved,
    WordingPassed,
    WordingPublished,
    WordingReturned,
    WordingScheduled,
    WordingSubmitted,
    WordingWithdrawn,
)

from .models import EDITING, RETURNED, SCHEDULED
from .service import following, reviewed
from .service.approving import SUBJECT

review.shows(reviewed.KIND)


@listens_to(WordingMoved)
def follow(fact: WordingMoved) -> None:
    """Let an item follow its wording."""
    if fact.subject != SUBJECT:
        return
    item_id, version_id = fact.thread_id, fact.subject_id
    match fact:
        case WordingSubmitted(level=level) | WordingPassed(level=level):
            following.set_stage(item_id, level)
        case WordingScheduled():
            following.set_stage(item_id, SCHEDULED)
        case WordingReturned():
            following.reopen(item_id, version_id, RETURNED)
        case WordingCancelled():
            following.reopen(item_id, version_id, EDITING)
        case WordingPublished():
            following.publish(item_id, version_id)
        case WordingWithdrawn():
            following.withdraw(item_id, version_id)
        case WordingExpired():
            following.end(item_id, version_id)


@listens_to(WordingPublished)
def reward(fact: WordingPublished) -> None:
    """Announce what the first publication of an item earns its author."""
    if fact.subject == SUBJECT and fact.is_first:
        following.reward_author(
            review.FirstPublication(
                thread_id=fact.thread_id,
                organisation_id=fact.organisation_id,
                author_id=fact.author_id,
                published_at=fact.published_at,
            )
        )
