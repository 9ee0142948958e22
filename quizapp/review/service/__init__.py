"""What can be done about reviews, one module for each act."""

from .checking import find_unsound
from .deciding import pass_level, publish_now, return_wording, withdraw
from .policies import levels_of, list_policies, set_policy
from .reading import (
    VIEWS,
    CaseView,
    Queue,
    QueueLine,
    Remark,
    count_waiting,
    default_view,
    find_case,
    get_case,
    history,
    list_queue,
)
from .showing import Kind, Point, Sheet, kind_of, list_kinds, shows
from .signing import (
    FirstPublication,
    Wording,
    first_publications,
    published_hashes,
    record_published,
)
from .submitting import cancel, submit_wording
from .timing import expire, publish_due

__all__ = [
    "VIEWS",
    "CaseView",
    "FirstPublication",
    "Kind",
    "Point",
    "Queue",
    "QueueLine",
    "Remark",
    "Sheet",
    "Wording",
    "cancel",
    "count_waiting",
    "default_view",
    "expire",
    "find_case",
    "find_unsound",
    "first_publications",
    "get_case",
    "history",
    "kind_of",
    "levels_of",
    "list_kinds",
    "list_policies",
    "list_queue",
    "pass_level",
    "publish_due",
    "publish_now",
    "published_hashes",
    "record_published",
    "return_wording",
    "set_policy",
    "shows",
    "submit_wording",
    "withdraw",
]
