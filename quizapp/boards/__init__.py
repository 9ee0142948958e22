"""Displays on workshop walls: pairing, the board they show, the stream that keeps it fresh."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, what it listens to, its pages."""
    from . import jobs, listeners, models, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
