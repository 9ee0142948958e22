"""The assembly desk: writing quizzes, what the bank yields for them, publishing, more time."""

from .accommodating import (
    MoreTime,
    grant_more_time,
    list_more_time,
    revoke_more_time,
)
from .addressing import (
    ROLES,
    AudienceLine,
    list_audience,
    list_units_in_scope,
    set_audience,
)
from .editing import (
    MOST_ITEMS,
    MOST_NAME,
    MOST_ROWS,
    TELLS,
    NewQuiz,
    Settings,
    create_quiz,
    delete_draft,
    duplicate,
    save_rules,
    save_settings,
)
from .figures import Figures, RowFigures, get_figures
from .listing import QuizLine, QuizPage, list_quizzes
from .papers import KeyLine, Sample, SampleItem, get_sample
from .publishing import (
    MOST_REASON,
    close_early,
    extend,
    list_extensions,
    obstacles,
    publish,
)
from .sheets import DRAFT, ENDED, PUBLISHED, Sheet, get_sheet

__all__ = [
    "DRAFT",
    "ENDED",
    "MOST_ITEMS",
    "MOST_NAME",
    "MOST_REASON",
    "MOST_ROWS",
    "PUBLISHED",
    "ROLES",
    "TELLS",
    "AudienceLine",
    "Figures",
    "KeyLine",
    "MoreTime",
    "NewQuiz",
    "QuizLine",
    "QuizPage",
    "RowFigures",
    "Sample",
    "SampleItem",
    "Settings",
    "Sheet",
    "close_early",
    "create_quiz",
    "delete_draft",
    "duplicate",
    "extend",
    "get_figures",
    "get_sample",
    "get_sheet",
    "grant_more_time",
    "list_audience",
    "list_extensions",
    "list_more_time",
    "list_quizzes",
    "list_units_in_scope",
    "obstacles",
    "publish",
    "revoke_more_time",
    "save_rules",
    "save_settings",
    "set_audience",
]
