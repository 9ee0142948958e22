"""The blueprint that the pages of the bank hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("items", __name__, url_prefix="/items")
