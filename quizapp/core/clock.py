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


def is_given() -> bool:
    """Tell whether the database is given the present instead of being asked for it.

    That is so on SQLite, whose clock is this process's anyway, and while tests have stopped the
    time.
    """
    return _frozen_at is not None or database.is_sqlite()


def present(*, given: bool) -> ColumnElement[datetime]:
    """Return the SQL expression of the present, for a statement that is built once.

    PostgreSQL's own clock when the statement arrives; with ``given`` the parameter ``clock_now``,
    which whoever executes the statement fills in.
    """
    if given:
        return bindparam("clock_now", type_=database.UtcDateTime())
    return func.statement_timestamp(type_=database.UtcDateTime())


def database_now() -> ColumnElement[datetime]:
    """Return the SQL expression of the present, for the SELECT that checks a deadline."""
    if is_given():
        return bindparam("clock_now", now(), type_=database.UtcDateTime(), unique=True)
    return present(given=False)


@contextlib.contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (aware) for the length of the block."""
    global _frozen_at
    before, _frozen_at = _frozen_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen_at = before
