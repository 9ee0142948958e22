"""What the files of a ceremony say in words."""

from __future__ import annotations

from flask_babel import gettext as _


def bracket_name(bracket: str) -> str:
    """Return how people read a bracket."""
    return {
        "small": _("5 to 15 people"),
        "middle": _("16 to 40 people"),
        "large": _("41 people and more"),
    }[bracket]


def place_name(rank: int) -> str:
    """Return how people read a place of the podium."""
    return {1: _("First place"), 2: _("Second place"), 3: _("Third place")}[rank]


def not_for_appraisal() -> str:
    """Return what stands on every sheet: what points are not for."""
    return _("Points are not for appraisal, honours of persons or pay.")
