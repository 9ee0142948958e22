"""The application factory: binds the core, opens every room, decides nothing."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

import config as settings
from quizapp import core
from quizapp.cli import add_commands

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "org",
    "accounts",
    "review",
    "items",
    "points",
    "mastery",
    "agenda",
    "quizzes",
    "leaderboards",
    "training",
    "badges",
    "boards",
    "teams",
    "ceremony",
    "home",
    "admin",
)


def create_app(config: type[settings.Config] | None = None) -> Flask:
    """Build the application from ``config``; from what ZHIXING_CONFIG names when it is None."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_object(config or settings.chosen())
    settings.check(app.config)
    rooms = [import_module(f"quizapp.{name}") for name in ROOMS]
    core.init_app(app)
    for room in rooms:
        room.init_app(app)
    Migrate(app, core.db.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    add_commands(app)
    return app
