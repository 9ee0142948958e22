"""The front door of the quiz engine: start, answer, finish, look back."""

from . import telling  # noqa: F401 - importing it registers what this room tells
from .answered import get_answered
from .answering import Answered, Submission, answer
from .finishing import close_stale, finish, forget_times, submit
from .marking.appeals import list_appeals
from .marking.queue import list_queue
from .marking.scripts import hand_over
from .marking.settling import settle_due
from .marking.told import MarkNotice, get_marked, list_mark_notices, see_marks
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
    "MarkNotice",
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
    "get_marked",
    "get_shown",
    "hand_over",
    "list_appeals",
    "list_mark_notices",
    "list_queue",
    "list_regrade_notices",
    "list_review",
    "record_past",
    "regrade",
    "regrade_open",
    "reward_sources",
    "see_marks",
    "see_regrades",
    "settle_due",
    "start_daily",
    "submit",
]
