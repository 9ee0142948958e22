"""Every component with sample data, for designers and for axe. Never in production."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from quizapp.accounts.access import allow
from quizapp.accounts.permissions import Permission

bp = Blueprint("styleguide", __name__)


@bp.get("/styleguide")
@allow(Permission.ANYONE)
def styleguide() -> Any:
    """Show the components."""
    return render_template("core/styleguide.html")
