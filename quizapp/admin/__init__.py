"""The administrator's desk: people and units, displays, settings."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room's pages."""
    from . import views

    app.register_blueprint(views.bp)
