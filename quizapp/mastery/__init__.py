"""What each person still knows: a memory model for every item they met, and the mistake book."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, pages, and the listener that hears what was answered."""
    from . import listeners, models, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
