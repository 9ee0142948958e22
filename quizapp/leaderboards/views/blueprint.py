"""The blueprint of the boards, shared by their pages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("leaderboards", __name__, url_prefix="/team")
