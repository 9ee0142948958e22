"""The front door of the quiz engine: start, answer, finish, look back."""

from .answering import Answered, Submission, answer
from .finishing import close_stale, finish, forget_times, submit
from .past import PastSet, record_past
from .reading import (
    AttemptView,
    OpenSet,
    ReviewLine,
    Shown,
    find_daily,
    find_open_earlier,
    get_attempt,
    get_shown,
    list_review,
    reward_sources,
)
from .starting import start_daily
from .verdicts import Verdict

__all__ = [
    "Answered",
    "AttemptView",
    "OpenSet",
    "PastSet",
    "ReviewLine",
    "Shown",
    "Submission",
    "Verdict",
    "answer",
    "close_stale",
    "find_daily",
    "find_open_earlier",
    "finish",
    "forget_times",
    "get_attempt",
    "get_shown",
    "list_review",
    "record_past",
    "reward_sources",
    "start_daily",
    "submit",
]
