"""The organisation: units in trees, dated memberships, absences, the learning day."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables of this room."""
    from . import models  # noqa: F401 - importing registers the tables
