"""The board on paper, for a wall without a television."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock, http

from .. import service
from ..service import PrintedBoard
from .blueprint import bp

PAPERS = ("a4", "a3")


@dataclass(frozen=True)
class PaperPage:
    """A board on paper: which sheet, what stands on it, when it was drawn."""

    paper: str
    printed: PrintedBoard
    at: datetime


@bp.get("/print")
@bp.get("/print/<unit_id>")
@allow(Permission.TAKE_PART)
def paper(unit_id: str | None = None) -> Any:
    """Show a unit's board as it is printed, for those who lead the unit or manage its displays."""
    try:
        printed = service.get_printed_board(viewer(), unit_id)
    except LookupError:
        abort(404)
    except PermissionError:
        http.deny(_("Boards are printed by those who lead the unit or manage its displays."))
    asked = request.args.get("paper", "")
    page = PaperPage(asked if asked in PAPERS else PAPERS[0], printed, clock.now())
    return render_template("boards/paper.html", page=page)
