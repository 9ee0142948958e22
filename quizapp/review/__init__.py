"""Three-level review 三审三校: what is right to publish, decided by three people in turn.

Rooms whose things are reviewed hand in wordings, say how one is shown, and listen to what became
of it. This room knows none of them.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: tables, pages, and the job that publishes what was planned."""
    from . import jobs, models, views  # noqa: F401 - importing registers tables and jobs

    app.register_blueprint(views.bp)
