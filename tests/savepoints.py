"""Going back to a world that was made once, instead of making it for every test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from quizapp.core.db import db
from quizapp.core.redis import store
from quizapp.items import service as items
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Undo at the end of the block what was written in it; for use inside ``rolled_back``."""
    db.session.remove()  # what it has open must not lie around the savepoint
    start = db.engines[None].begin_nested()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        db.session.remove()
        start.rollback()
        forget_processes()
        empty_store()


def forget_processes() -> None:
    """Drop what a process remembers by id: ids come back with every rollback on SQLite."""
    items.get_stored.cache_clear()
    items.forget_pools()
    quizzes.forget_settings()
    points.forget_rules()


def empty_store() -> None:
    """Delete what the current app keeps in the store, and nothing of another test run's."""
    client = store().client
    keys = list(client.scan_iter(store().key("*"), count=1000))
    if keys:
        client.delete(*keys)
