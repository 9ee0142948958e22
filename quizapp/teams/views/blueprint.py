"""The blueprint that the pages of teams share. The team board lies under the same prefix."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("teams", __name__, url_prefix="/team")
