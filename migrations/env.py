"""How Alembic meets the application: its engine, its tables, one connection for the whole run."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from quizapp.core.db import UtcDateTime, db

config = context.config


def render_item(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    """Write our own column type by its import, not by where it happens to live."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        autogen_context.imports.add("from quizapp.core.db import UtcDateTime")
        return "UtcDateTime()"
    return False


def run() -> None:
    """Run the migrations on the application's engine."""
    options = {
        "target_metadata": db.metadata,
        "render_item": render_item,
        "compare_type": True,
        **current_app.extensions["migrate"].configure_args,
    }
    with db.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
