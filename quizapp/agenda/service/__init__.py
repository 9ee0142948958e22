"""The front door of the agenda: one's own tasks, assigning, and what can be assigned."""

from .assigned import (
    ARCHIVE,
    OWN,
    SCOPE,
    VIEWS,
    AssignedLine,
    AssignedPage,
    get_assigned,
    list_assigned,
)
from .assigning import Draft, assign, withdraw
from .audience import (
    Somebody,
    UnitChoice,
    list_chosen_people,
    list_units,
    search_people,
)
from .guard import TooMuch
from .offers import Offer, list_offers, may_ask_by_law
from .standing import adds_tasks
from .subjects import Description, Subject, SubjectState, registers
from .tasks import (
    OnToday,
    TaskLine,
    TaskList,
    get_on_today,
    list_on_today,
    list_tasks,
    note_done,
    put_aside,
    today_of,
)

__all__ = [
    "ARCHIVE",
    "OWN",
    "SCOPE",
    "VIEWS",
    "AssignedLine",
    "AssignedPage",
    "Description",
    "Draft",
    "Offer",
    "OnToday",
    "Somebody",
    "Subject",
    "SubjectState",
    "TaskLine",
    "TaskList",
    "TooMuch",
    "UnitChoice",
    "adds_tasks",
    "assign",
    "get_assigned",
    "get_on_today",
    "list_assigned",
    "list_chosen_people",
    "list_offers",
    "list_on_today",
    "list_tasks",
    "list_units",
    "may_ask_by_law",
    "note_done",
    "put_aside",
    "registers",
    "search_people",
    "today_of",
    "withdraw",
]
