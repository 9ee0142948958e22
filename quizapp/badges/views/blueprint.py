"""The blueprint that the pages of badges share."""

from __future__ import annotations

from flask import Blueprint

from ..service import artwork

bp = Blueprint("badges", __name__, url_prefix="/badges")


@bp.app_template_global("badge_nut")
def nut() -> str:
    """Return the outline of every badge, for drawings inside a page."""
    return artwork.NUT


@bp.app_template_global("badge_sign")
def sign(icon: str) -> str:
    """Return the path of a sign, for drawings inside a page."""
    return artwork.ICONS[icon]
