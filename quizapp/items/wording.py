"""How problems, kinds and states are worded for the people who keep the bank."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.formats import FORMATS
from question_bank.formats.problems import RULES, Problem

# Packs are written by hand, so their fields keep the names that stand in the file.
_OF_PACKS = ("field.", "pack.", "item.")


def word(problem: Problem) -> str:
    """Return a problem as one line: where, then what is wrong, in the current language.

    The English sentences of ``RULES`` are the message ids, so the catalogue words every code.
    """
    place = []
    if problem.where.line is not None:
        place.append(_("line %(line)s", line=problem.where.line))
    if problem.where.item:
        place.append(problem.where.item)
    return f"{' '.join(place)}{_(': ') if place else ''}{sentence(problem)}"


def sentence(problem: Problem) -> str:
    """Return what is wrong in the current language, without the place.

    Codes among the parameters, kinds of items for example, are worded too.
    """
    words = kind_names() | {
        "bold": _("bold"),
        "red": _("red"),
        "highlight": _("highlighted"),
        "underline": _("underlined"),
    }
    params = {
        name: words.get(value, value) if isinstance(value, str) else value
        for name, value in problem.params.items()
    }
    if "field" in params and not problem.code.startswith(_OF_PACKS):
        params["field"] = _field_name(str(params["field"]))
    return str(_(RULES[problem.code].english).format(**params))


def _field_name(path: str) -> str:
    """Return a path such as ``blanks[2].options`` by the words of the page."""
    words = {
        "stem": _("stem"),
        "explanation": _("explanation"),
        "options": _("options"),
        "feedback": _("hint"),
        "blanks": _("blanks"),
        "answers": _("answers"),
        "accepted": _("answers"),
        "spans": _("numbers"),
        "pairs": _("pairs"),
        "extras": _("extra right sides"),
        "zones": _("places"),
        "rubric": _("rubric"),
        "sample": _("sample answer"),
        "unit": _("unit of measure"),
        "parts": _("parts"),
        "workplace": _("workplace question"),
        "topic": _("topic"),
    }
    pieces = (piece.partition("[") for piece in path.split("."))
    return " ".join(
        f"{words.get(name, name)} {number.rstrip(']')}" if number else words.get(name, name)
        for name, _bracket, number in pieces
    )


def kind_names() -> dict[str, str]:
    """Return the kinds of items by their names for people, in the order authors meet them."""
    return {
        "single": _("Single choice"),
        "multiple": _("Multiple choice"),
        "true_false": _("True or false"),
        "cloze": _("Fill in the blanks"),
        "numeric": _("Numeric answer"),
        "ordering": _("Put in order"),
        "matching": _("Match pairs"),
        "case": _("Case with questions"),
        "essay": _("Short essay"),
        "hotspot": _("Place on a picture"),
    }


def row_statuses() -> dict[str, str]:
    """Return how the rows of a dry run stand, in words, in the order of the page."""
    return {
        "ready": _("Ready"),
        "fixed": _("Mended"),
        "duplicate": _("Repeated, is left out"),
        "decision": _("To decide"),
        "refused": _("Refused"),
        "skipped": _("Left out"),
        "imported": _("Imported"),
    }


def import_states() -> dict[str, str]:
    """Return the states of an import in words."""
    return {
        "reading": _("Being read"),
        "ready": _("Dry run"),
        "importing": _("Being imported"),
        "done": _("Imported"),
        "cancelled": _("Stopped"),
        "undone": _("Taken back"),
        "failed": _("Could not be read"),
    }


def state_names() -> dict[str, str]:
    """Return where items stand, in words, by the codes of ``listing.state_of``."""
    return {
        "draft": _("Draft"),
        "first": _("At first review"),
        "second": _("At second review"),
        "final": _("At final review"),
        "scheduled": _("To be published"),
        "returned": _("Returned"),
        "revising": _("Being revised"),
        "approved": _("Published"),
        "checked": _("Checked, not reviewed"),
        "withdrawn": _("Withdrawn"),
        "expired": _("Expired"),
    }


def view_names() -> dict[str, str]:
    """Return the views of the list of the bank in words, in the order of the page."""
    return {
        "all": _("All"),
        "mine_to_review": _("For me to review"),
        "flagged": _("With quality notes"),
        "expiring": _("Expiring within 90 days"),
        "drafts": _("My drafts"),
        "bin": _("Bin"),
    }


def format_names() -> dict[str, str]:
    """Return the titles of formats as people call them; most are names and stay as they are."""
    return {one.title: one.title for one in FORMATS.values()} | {
        "Pack": _("Pack"),
        "Text": _("Text"),
        "Missing word": _("Missing word"),
        "Cloze (embedded answers)": _("Cloze (embedded answers)"),
    }
