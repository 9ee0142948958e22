"""The blueprint that the pages of the bank hang on."""

from __future__ import annotations

from flask import Blueprint, current_app

bp = Blueprint("items", __name__, url_prefix="/items")


@bp.app_template_global()
def has_page(endpoint: str) -> bool:
    """Tell whether this installation has a page, for the links of the desk."""
    return endpoint in current_app.view_functions
