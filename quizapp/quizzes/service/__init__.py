"""The front door of the quiz engine: start, answer, finish, look back."""

from . import preshift, telling  # noqa: F401 - importing registers what this room tells
from .answered import get_answered
from .answering import (
    Answered,
    SignedOut,
    Submission,
    answer,
    answer_by_ticket,
    claimed,
    ticket_for,
)
from .challenging import Run, get_run
from .finishing import close_stale, finish, forget_times, hand_in
from .flagging import set_flag
from .marking.appeals import list_appeals
from .marking.queue import list_queue
from .marking.scripts import hand_over
from .marking.settling import settle_due
from .marking.told import MarkNotice, get_marked, list_mark_notices, see_marks
from .offering import Offer, find_offer, find_quizzes, get_quiz, list_quizzes
from .outages import (
    CreditNotice,
    beat,
    find_credit,
    give_back,
    give_back_all,
    is_steady,
    record_outage,
)
from .overview import Overview, SectionView, get_overview
from .past import PastSet, record_past
from .past_sets import PastAttempt, PastPage, list_past
from .reading import (
    AttemptView,
    OpenSet,
    ReviewLine,
    Shown,
    find_daily,
    get_attempt,
    get_shown,
    list_open,
    list_review,
    list_shown,
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
from .settings import Quiz, built_in, forget_settings
from .starting import start, start_challenge, start_daily, start_mistakes, start_practice
from .verdicts import Verdict

__all__ = [
    "Answered",
    "AttemptView",
    "CreditNotice",
    "MarkNotice",
    "Offer",
    "OpenSet",
    "Overview",
    "PastAttempt",
    "PastPage",
    "PastSet",
    "Quiz",
    "RegradeNotice",
    "ReviewLine",
    "Run",
    "SectionView",
    "Shown",
    "SignedOut",
    "Submission",
    "Verdict",
    "answer",
    "answer_by_ticket",
    "beat",
    "built_in",
    "claimed",
    "close_stale",
    "find_credit",
    "find_daily",
    "find_offer",
    "find_quizzes",
    "find_wrong_regrades",
    "finish",
    "forget_settings",
    "forget_times",
    "get_answered",
    "get_attempt",
    "get_marked",
    "get_overview",
    "get_quiz",
    "get_run",
    "get_shown",
    "give_back",
    "give_back_all",
    "hand_in",
    "hand_over",
    "is_steady",
    "list_appeals",
    "list_mark_notices",
    "list_open",
    "list_past",
    "list_queue",
    "list_quizzes",
    "list_regrade_notices",
    "list_review",
    "list_shown",
    "preshift",
    "record_outage",
    "record_past",
    "regrade",
    "regrade_open",
    "reward_sources",
    "see_marks",
    "see_regrades",
    "set_flag",
    "settle_due",
    "start",
    "start_challenge",
    "start_daily",
    "start_mistakes",
    "start_practice",
    "ticket_for",
]
