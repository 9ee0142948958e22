"""People: who they are, how they sign in, what they may do, what they consented to."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, sign-in, the gate in front of every route, pages, commands."""
    from . import access, cli, models, views  # noqa: F401 - importing registers the tables

    access.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.people)
