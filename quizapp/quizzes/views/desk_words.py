"""How the desk words modes, states, and why a rule does not get its questions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.items.service import kind_names

from .. import rules
from ..service import authoring
from ..service.authoring import RowFigures
from .desk_rows import RowInput, TopicChoices

MOST_ALTERNATIVES = 2


def mode_names() -> dict[str, str]:
    """Return what the modes of the desk are called."""
    return {
        rules.WEEKLY: _("Weekly quiz"),
        rules.THEMED: _("Themed quiz"),
        rules.EXAM: _("Exam"),
        rules.STATUTORY: _("Statutory exam"),
    }


def mode_points() -> dict[str, str]:
    """Return what taking part in each mode earns, in a sentence."""
    return {
        rules.WEEKLY: _("Earns points for the team; of several attempts the best counts."),
        rules.THEMED: _("Earns points for the team when it is passed for the first time."),
        rules.EXAM: _("Never earns points."),
        rules.STATUTORY: _("Never earns points."),
    }


def state_names() -> dict[str, str]:
    """Return what the states of a quiz are called."""
    return {
        authoring.DRAFT: _("Draft"),
        authoring.PUBLISHED: _("Published"),
        authoring.ENDED: _("Ended"),
    }


def tell_names() -> dict[str, str]:
    """Return what learners can be told, in the order of the page."""
    return {
        "verdict": _("Right or not"),
        "key": _("The answer"),
        "explanation": _("The explanation"),
        "source": _("The source"),
    }


def difficulty_names() -> dict[str, str]:
    """Return what the difficulties are called."""
    return {"easy": _("Easy"), "medium": _("Medium"), "hard": _("Hard")}


@dataclass(frozen=True)
class Alternative:
    """One click that would help: an act of the page, or an address when ``act`` is empty."""

    label: str
    act: str
    url: str = ""


@dataclass(frozen=True)
class RowWords:
    """What the desk says of a row: its state, and of a conflict why it is one and what helps."""

    shape: str
    state: str
    why: str = ""
    more: str = ""
    alternatives: tuple[Alternative, ...] = ()


def row_words(
    figures: RowFigures, typed: RowInput, choices: TopicChoices, *, may_read_bank: bool
) -> RowWords:
    """Return what is said of a row whose figures are known."""
    if not figures.missing:
        if figures.repeats_of_last:
            return RowWords(
                "note",
                ngettext(
                    "Enough, but at least %(num)d was in the last quiz",
                    "Enough, but at least %(num)d were in the last quiz",
                    figures.repeats_of_last,
                ),
            )
        return RowWords("ok", _("Enough"))
    state = ngettext("%(num)d is missing", "%(num)d are missing", figures.missing)
    return RowWords(
        "no",
        state,
        _why(figures, typed, choices),
        _more(figures),
        tuple(_alternatives(figures, typed, may_read_bank=may_read_bank)),
    )


def _why(figures: RowFigures, typed: RowInput, choices: TopicChoices) -> str:
    topic = choices.label(typed.topic)
    kind = kind_names().get(typed.kind, "")
    if figures.available == 0:
        if kind:
            return _(
                "“%(topic)s” has no usable question of the type %(kind)s.", topic=topic, kind=kind
            )
        return _("“%(topic)s” has no usable question.", topic=topic)
    if figures.lacking:
        difficulty, wanted, available = figures.lacking[0]
        return _(
            "“%(topic)s”: difficulty “%(difficulty)s” has %(available)s, %(wanted)s are asked for.",
            topic=topic,
            wanted=wanted,
            difficulty=difficulty_names()[difficulty],
            available=available,
        )
    if figures.rivals:
        return _(
            "“%(topic)s” wants the same questions as row %(rows)s.",
            topic=topic,
            rows=_(", ").join(str(rival + 1) for rival in figures.rivals),
        )
    return ngettext(
        "“%(topic)s” has only %(num)d usable question.",
        "“%(topic)s” has only %(num)d usable questions.",
        figures.available,
        topic=topic,
    )


def _more(figures: RowFigures) -> str:
    """Return what else there is: out of date, not approved, or of another kind."""
    parts = []
    if figures.expired:
        parts.append(ngettext("%(num)d is out of date", "%(num)d are out of date", figures.expired))
    if figures.unfinished:
        parts.append(
            ngettext(
                "%(num)d is not approved yet", "%(num)d are not approved yet", figures.unfinished
            )
        )
    parts += [
        _("%(num)s of the type %(kind)s would do", num=number, kind=kind_names().get(kind, kind))
        for kind, number in figures.other_kinds[:MOST_ALTERNATIVES]
    ]
    return _("%(parts)s.", parts=_("; ").join(parts)) if parts else ""


def _alternatives(
    figures: RowFigures, typed: RowInput, *, may_read_bank: bool
) -> list[Alternative]:
    row = figures.row
    found = [
        Alternative(_("Take %(kind)s", kind=kind_names().get(kind, kind)), f"kind:{row}:{kind}")
        for kind, number in figures.other_kinds[:MOST_ALTERNATIVES]
        if number >= figures.missing
    ][:1]
    if figures.lacking:
        found.append(Alternative(_("Any difficulty"), f"free:{row}"))
    possible = figures.wanted - figures.missing
    if possible:
        found.append(Alternative(_("Ask for %(num)s", num=possible), f"count:{row}:{possible}"))
    if may_read_bank:
        topic = typed.topic if typed.topic.isdigit() else None
        kind = typed.kind if typed.kind and "," not in typed.kind else None
        found.append(
            Alternative(_("Have some written"), "", url_for("items.bank", topic=topic, kind=kind))
        )
    return found
