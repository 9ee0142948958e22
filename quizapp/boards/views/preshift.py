"""Answering the pre-shift question on the display itself, with fingers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for

from quizapp.accounts.access import allow
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from .. import service
from ..service import Screen
from .blueprint import bp, screen_or_gone, secret


@dataclass(frozen=True)
class TouchPage:
    """The question of the shift, to be answered on the display itself."""

    theme: str
    distance_m: int
    question: dict[str, Any]
    options: tuple[tuple[str, str, str], ...]
    claim: str
    chosen: str
    note: str | None


@bp.get("/preshift/answer")
@allow(Permission.WATCH_BOARD)
def preshift_answer() -> Any:
    """Show the question to fingers: tiles to touch, and the code that the leader's phone shows."""
    screen = service.find_screen(secret())
    if screen is None:
        return redirect(url_for("boards.pair"))
    return _touch_page(screen)


@bp.post("/preshift/answer")
@allow(Permission.WATCH_BOARD)
def record_preshift() -> Any:
    """Take the answer that was touched on the display itself."""
    screen = screen_or_gone()
    try:
        service.record_on_display(
            screen,
            claim=request.form.get("claim", "")[:600],
            option=request.form.get("option", "")[:80],
            code=request.form.get("code", "")[:20],
        )
    except Refusal as refusal:
        return _touch_page(screen, note=refusal.message, status=refusal.status)
    return redirect(url_for("boards.tv"), 303)


def _touch_page(screen: Screen, *, note: str | None = None, status: int = 200) -> Any:
    try:
        wall = service.get_preshift(screen.organisation_id, screen.unit_id)
    except LookupError:  # a plant's display
        wall = None
    if wall is None or not wall.claim:
        return redirect(url_for("boards.tv"), 303)
    page = TouchPage(
        theme=screen.theme,
        distance_m=screen.distance_m,
        question=wall.state,
        options=wall.options,
        claim=wall.claim,
        chosen=request.form.get("option", ""),
        note=note,
    )
    return render_template("boards/preshift_answer.html", page=page), status
