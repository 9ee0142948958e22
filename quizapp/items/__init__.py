"""The stored question bank: items, their immutable versions, and each version's papers."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, pages and commands."""
    from . import jobs, listeners, models, views  # noqa: F401 - importing registers them
    from .cli import items

    app.register_blueprint(views.bp)
    app.cli.add_command(items)
