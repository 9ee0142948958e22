"""The front door of the quiz engine: start, answer, finish, look back."""

from . import telling  # noqa: F401 - importing it registers what this room tells
from .answered import get_answered
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
from .regrading import (
    RegradeNotice,
    find_wrong_regrades,
    list_regrade_notices,
    regrade,
    regrade_open,
    see_regrades,
)
from .starting import start_daily
from .verdicts import Verdict

__all__ = [
    "Answered",
    "AttemptView",
    "OpenSet",
    "PastSet",
    "RegradeNotice",
    "ReviewLine",
    "Shown",
    "Submission",
    "Verdict",
    "answer",
    "close_stale",
    "find_daily",
    "find_open_earlier",
    "find_wrong_regrades",
    "finish",
    "forget_times",
    "get_answered",
    "get_attempt",
    "get_shown",
    "list_regrade_notices",
    "list_review",
    "record_past",
    "regrade",
    "regrade_open",
    "reward_sources",
    "see_regrades",
    "start_daily",
    "submit",
]
