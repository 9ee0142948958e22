"""How entries of the ledger are worded for their owner."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.points.service import LedgerLine


def entry_label(line: LedgerLine) -> str:
    """Return what an entry was earned for."""
    if line.is_correction:
        return _("Points corrected") if line.reason == "hand" else _("Corrected in your favour")
    return deed_label(line.activity, line.quantity)


def deed_label(activity: str, quantity: int | None = None) -> str:
    """Return what was done; ``quantity`` None: the activity as such, however often."""
    if activity == "daily_correct":
        if quantity is None:
            return _("Correct answers")
        return ngettext("%(num)d correct answer", "%(num)d correct answers", quantity)
    return {
        "daily_finished": _("Daily quiz finished"),
        "quiz_passed": _("Quiz passed for the first time"),
        "item_contributed": _("Your question was published"),
        "report_accepted": _("Your error report was accepted"),
    }.get(activity, _("Points"))


def entry_reason(reason: str | None, quantity: int = 0) -> str | None:
    """Return why an entry is less than usual, or None; something was done ``quantity`` times."""
    if reason is None:
        return None
    if reason == "none" and quantity:
        return _("recorded as learning, no points")  # its rule gives nothing for it
    return {
        "cap": _("The limit of the day or the week is reached"),
        "rapid": _("Answered faster than it can be read"),
        "quiet": _("Taking part without points"),
        "none": _("No correct answers this time"),
    }.get(reason)
