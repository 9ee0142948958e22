"""People: who they are, how they sign in, what they may do, what they consented to."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from config import ConfigError
from quizapp.core.db import end_read


def init_app(app: Flask) -> None:
    """Open this room: tables, sign-in, the gate in front of every route, pages, commands."""
    from . import access, cli, jobs, models, views  # noqa: F401 - importing registers the tables

    access.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.people)
    if app.config["NAME"] == "production":
        refuse_demo_world(app)


def refuse_demo_world(app: Flask) -> None:
    """Raise ConfigError when the database of ``app`` holds demo accounts.

    Without a database, or before its first migration, there are none.
    """
    from . import service

    with app.app_context():
        try:
            has_demo = service.has_demo_people()
        except SQLAlchemyError:
            return
        finally:
            end_read()
    if has_demo:
        raise ConfigError(
            "The database holds the demo's accounts, which anybody may enter. "
            "Give production a database of its own."
        )
