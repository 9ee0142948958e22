"""Words for states and kinds that several pages use."""

from __future__ import annotations

from flask_babel import gettext as _


def kinds() -> dict[str, str]:
    """Return the words for the kinds of training."""
    return {
        "initial": _("Initial training"),
        "refresher": _("Annual re-training"),
        "special": _("Special operations"),
    }


def states() -> dict[str, str]:
    """Return the words for the states of an edition."""
    return {"draft": _("Draft"), "published": _("Published"), "closed": _("Closed")}


def standings() -> dict[str, str]:
    """Return the words for where a person stands with a course."""
    return {
        "valid": _("Valid now"),
        "due": _("Re-training due"),
        "expired": _("Past its last day"),
        "none": _("Not passed yet"),
        "withdrawn": _("Withdrawn"),
    }
