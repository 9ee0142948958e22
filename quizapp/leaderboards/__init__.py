"""Team boards: rebuilt from the ledger, never the source of truth."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, what it listens to, its loop, its pages."""
    from . import jobs, listeners, models, past, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
    app.register_blueprint(past.bp)
