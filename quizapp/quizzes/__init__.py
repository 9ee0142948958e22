"""The quiz engine: blueprint > form > attempt > grading > result. Its first mode: the daily set."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, pages, the job that closes abandoned sets."""
    from . import jobs, listeners, models, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
