"""How a score comes about, in one sentence for each method: for pages, and shorter for walls."""

from __future__ import annotations

from flask_babel import gettext as _

from quizapp.points.rules import BEST_K, TOTAL


def score_sentence(method: str) -> str:
    """Return the sentence that stands below a board on a page."""
    if method == BEST_K:
        return _(
            "For each activity the best five of a team count, at most three in ten of its people, "
            "over the whole season; equal scores share a place. Teams only, never people."
        )
    if method == TOTAL:
        return _(
            "All points of a team over the whole season, added up; equal scores share a place. "
            "Teams only, never people."
        )
    return _(
        "Ten times the points per person over the last 28 days, balanced for size towards the mean "
        "of the group; equal scores share a place. Teams only, never people."
    )


def wall_sentence(method: str) -> str:
    """Return the sentence that stands below a board on a wall."""
    if method == BEST_K:
        return _("The best five of each activity over the whole season; large teams gain nothing")
    if method == TOTAL:
        return _("All points of the whole season, added up; compared by size of team")
    return _("Points per person over 28 days; large and small teams have equal chances")


def method_name(method: str) -> str:
    """Return what a method is called in a list."""
    if method == BEST_K:
        return _("Best contributions")
    return _("Sum of all points") if method == TOTAL else _("Points per person")
