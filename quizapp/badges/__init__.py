"""Badges: earned by facts, private until shown, and credentials that verify anywhere.

A badge stands for mastery or a contribution, never for virtue. What was earned stays: neither does
mastery that fades take it away, nor the end of the badge. Each one is an Open Badges 3.0
credential, signed by a key of this installation, and says nothing about anybody until its owner
shows it.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, pages, commands, and what it hears and does by the clock."""
    from . import jobs, listeners, models  # noqa: F401 - importing them registers
    from .cli import badges
    from .views import bp

    app.register_blueprint(bp)
    app.cli.add_command(badges)
