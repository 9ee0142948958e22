"""The ceremony at the end of a season: a workbook, a sheet to hang up, certificates, slides.

All of it is made of the frozen boards of a closed season, so it is the same whenever it is made.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the pages of this room."""
    from . import views

    app.register_blueprint(views.bp)
