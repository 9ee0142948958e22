"""Three-level review 三审三校: what is right to publish, decided by three people in turn."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open this room: its tables."""
    from . import models  # noqa: F401 - importing registers the tables
