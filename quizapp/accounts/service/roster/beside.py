"""Long computing that words its findings, done beside the other requests in the same language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app
from flask_babel import force_locale, get_locale

from quizapp.core.threads import aside

R = TypeVar("R")


def worded_aside(work: Callable[..., R], *args: Any) -> R:
    """Run ``work``, which may translate but touches no database session, beside other requests."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    locale = str(get_locale())

    def run() -> R:
        with app.app_context(), force_locale(locale):
            return work(*args)

    return aside(run)
