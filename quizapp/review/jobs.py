"""What review does by the clock."""

from __future__ import annotations

from quizapp.core.jobs import job

from . import service


@job("review.publish_due", every={"minute": "*/5"})
def publish_due() -> int:
    """Publish every wording whose moment has come; return how many."""
    published = 0
    while number := service.publish_due():
        published += number
    return published
