"""The stored question bank: items, their immutable versions, and each version's papers."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables and commands."""
    from . import models  # noqa: F401 - importing registers the tables
    from .cli import items

    app.cli.add_command(items)
