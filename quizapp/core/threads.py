"""Computing that would hold up the other requests of a process, done beside them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent import monkey

R = TypeVar("R")


def aside(work: Callable[..., R], *args: Any) -> R:
    """Run CPU-bound ``work`` in a real thread where greenlets share one; return its result.

    It must touch neither the database session nor the request.
    """
    if not monkey.is_module_patched("threading"):
        return work(*args)
    result: R = gevent.get_hub().threadpool.apply(work, args)
    return result


def give_way() -> None:
    """Let the other requests of this process have their turn, between two slices of long work."""
    time.sleep(0.001)  # a greenlet that only asks for its next turn would get it at once
