"""Statutory training: courses with a legal basis, their exams, and the certificates of them.

The only room that may order: what the law asks of people is said as the law says it. It is also
the named exception to "nobody sees another person's results": the safety trainer of a unit sees
who of it passed a statutory course, pass or fail and nothing more.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the pages of courses and certificates, and listen for exams that are passed."""
    from . import jobs, listeners  # noqa: F401 - importing them registers
    from .views import bp

    app.register_blueprint(bp)
