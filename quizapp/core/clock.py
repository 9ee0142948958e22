"""What time it is. The database's clock judges deadlines; tests may stop both clocks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import ColumnElement, bindparam, func

from . import db as database

_frozen_at: datetime | None = None


def init_app(app: Flask) -> None:
    """Make ``clock_now`` known to the templates of ``app``."""
    app.jinja_env.globals["clock_now"] = now


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _frozen_at or datetime.now(UTC)


def database_now() -> ColumnElement[datetime]:
    """Return the SQL expression of the present, for use inside the SELECT that checks a deadline.

    PostgreSQL's own clock; a bound parameter on SQLite (whose clock is this process's anyway) and
    while tests have stopped the time.
    """
    if _frozen_at is not None or database.is_sqlite():
        return bindparam("clock_now", now(), type_=database.UtcDateTime(), unique=True)
    return func.now(type_=database.UtcDateTime())


@contextlib.contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (aware) for the length of the block."""
    global _frozen_at
    before, _frozen_at = _frozen_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen_at = before
