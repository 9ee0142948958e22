"""Looking back: every set a person has handed in, newest first, on the screen and on paper."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http

from .. import rules, service
from .blueprint import bp

MODES = (*rules.BUILT_IN, *rules.AUTHORED)


@bp.get("/past")
@allow(Permission.TAKE_PART)
def past() -> Any:
    """Show the viewer's past sets, a page at a time, of one mode or of all."""
    mode = request.args.get("mode", "")
    mode = mode if mode in MODES else ""
    before = http.whole_number(request.args.get("before"), 0) or None
    return render_template(
        "quizzes/past.html",
        page=service.list_past(viewer(), before, mode),
        mode=mode,
        modes=MODES,
        is_first=before is None,
    )
