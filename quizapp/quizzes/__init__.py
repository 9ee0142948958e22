"""The quiz engine: blueprint > form > attempt > grading > result, in every mode."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, pages, JSON, what it does by the clock and about others' facts."""
    from . import api, cli, jobs, listeners, models, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
    app.register_blueprint(api.bp)
    cli.add_commands(app)
