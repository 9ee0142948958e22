"""How problems of a pack are worded for the people who mend it."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.formats.problems import RULES, Problem


def word(problem: Problem) -> str:
    """Return a problem as one line: where, then what is wrong, in the current language.

    The English sentences of ``RULES`` are the message ids, so the catalogue words every code.
    """
    place = []
    if problem.where.line is not None:
        place.append(_("line %(line)s", line=problem.where.line))
    if problem.where.item:
        place.append(problem.where.item)
    text = _(RULES[problem.code].english).format(**problem.params)
    return f"{' '.join(place)}{_(': ') if place else ''}{text}"
