"""What can be done with stored items, one module for each act."""

from .approving import approve, approve_for_demo, list_checked_uids
from .checking import find_broken_versions
from .drawing import PoolLine, StoredItem, get_stored, has_drawable, list_pool
from .loading import LoadResult, count_by_status, load_packs
from .versions import hash_of

__all__ = [
    "LoadResult",
    "PoolLine",
    "StoredItem",
    "approve",
    "approve_for_demo",
    "count_by_status",
    "find_broken_versions",
    "get_stored",
    "has_drawable",
    "hash_of",
    "list_checked_uids",
    "list_pool",
    "load_packs",
]
