"""What people are asked to do by a day: assignments, the one task list, and the burden guard.

Nobody is told to do more than two things a week, nobody sees who has not done something, and
outside statutory training nothing here is an order.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, the task list, the pages of those who assign."""
    from . import models, views  # noqa: F401 - importing registers them

    app.register_blueprint(views.bp)
