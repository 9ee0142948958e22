"""What every room stands on: database, events, clock, stores, pages. Knows no room."""

from __future__ import annotations

from flask import Flask

from . import audit, clock, db, forms, http, i18n, jobs, logs, redis, security, sse
from . import storage as storage  # a table, nothing to bind


def init_app(app: Flask) -> None:
    """Bind every part of the foundation to ``app``, in the order they depend on each other."""
    logs.init_app(app)
    db.init_app(app)
    clock.init_app(app)
    redis.init_app(app)
    sse.init_app(app)
    security.init_app(app)
    i18n.init_app(app)
    forms.init_app(app)
    http.init_app(app)
    jobs.init_app(app)
    audit.init_app(app)
