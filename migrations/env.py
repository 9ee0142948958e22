"""How Alembic meets the application: its engine, its tables, one connection for the whole run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from quizapp.core.db import UtcDateTime, db

config = context.config


def render_item(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    """Write our own column type by its import, not by where it happens to live."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        autogen_context.imports.add("from quizapp.core.db import UtcDateTime")
        return "UtcDateTime()"
    return False


@contextlib.contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let SQLite drop and copy tables that others refer to, and look at every reference after.

    SQLite changes a table by copying it and dropping the old one, which foreign keys forbid as
    soon as there are rows; and it turns them off outside a transaction only.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows refer to nothing after the migrations: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def run() -> None:
    """Run the migrations on the application's engine."""
    options = {
        "target_metadata": db.metadata,
        "render_item": render_item,
        "compare_type": True,
        **current_app.extensions["migrate"].configure_args,
    }
    with db.engine.connect() as connection, foreign_keys_off(connection):
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
