"""The blueprint that the pages of the quiz engine hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("quizzes", __name__, url_prefix="/quizzes")
