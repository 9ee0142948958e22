"""What can be done with stored items, one module for each act."""

from ..wording import kind_names
from .approving import approve, approve_for_demo, list_checked_uids
from .calibrating import CalibrationResult, calibrate
from .checking import find_broken_versions
from .correcting import (
    get_key_correction,
    list_open_corrections,
    record_regraded,
    titles_of,
)
from .drawing import StoredItem, get_stored, has_drawable, read_stored
from .flagging import count_again
from .following import expire_everywhere
from .loading import LoadResult, count_by_status, load_packs
from .media import keep as keep_media
from .met import MetItem, find_met, list_met
from .pooling import confirm, forget_pools, get_pool
from .reporting import Answered, finds_answered
from .searching import index_items
from .short import ShortItem, list_stretch, list_weak
from .similar import SimilarItem, find_similar
from .statistics import find_wrong_sums
from .submitting import NotReady, Submitted, get_readiness, submit
from .times import count_time, drain_times, typical_seconds
from .unusable import Corner, Unusable, count_unusable
from .usual import list_usual_seconds
from .versions import hash_of

__all__ = [
    "Answered",
    "CalibrationResult",
    "Corner",
    "LoadResult",
    "MetItem",
    "NotReady",
    "ShortItem",
    "SimilarItem",
    "StoredItem",
    "Submitted",
    "Unusable",
    "approve",
    "approve_for_demo",
    "calibrate",
    "confirm",
    "count_again",
    "count_by_status",
    "count_time",
    "count_unusable",
    "drain_times",
    "expire_everywhere",
    "find_broken_versions",
    "find_met",
    "find_similar",
    "find_wrong_sums",
    "finds_answered",
    "forget_pools",
    "get_key_correction",
    "get_pool",
    "get_readiness",
    "get_stored",
    "has_drawable",
    "hash_of",
    "index_items",
    "keep_media",
    "kind_names",
    "list_checked_uids",
    "list_met",
    "list_open_corrections",
    "list_stretch",
    "list_usual_seconds",
    "list_weak",
    "load_packs",
    "note_time",
    "read_stored",
    "record_regraded",
    "submit",
    "titles_of",
    "typical_seconds",
]
