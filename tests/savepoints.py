"""Going back to a world that was made once, instead of making it for every test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from flask import current_app

from quizapp.core.db import db
from quizapp.items import service as items


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
        items.get_stored.cache_clear()
        current_app.extensions["zhixing_store"].client.flushdb()
