"""The blueprint of the rules, shared by their pages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("points", __name__, url_prefix="/team/rules")
