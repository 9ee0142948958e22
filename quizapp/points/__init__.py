"""Points: an append-only ledger, its rules and their pages, and the season they count in."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, what it listens to, its command."""
    from . import listeners, models  # noqa: F401 - importing registers them
    from .cli import points
    from .views import bp

    app.cli.add_command(points)
    app.register_blueprint(bp)
