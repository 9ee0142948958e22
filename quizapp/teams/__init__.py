"""The page of a team: the next goal, shared goals, thanks. Sums, never a list of who took part."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, its loop, its pages."""
    from . import jobs, models, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
