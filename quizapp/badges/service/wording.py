"""Rules in words: the criterion as one sentence, the short word under a badge, refused names."""

from __future__ import annotations

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from quizapp.core.i18n import LOCALES

from .. import rules
from ..rules import Rule


def criterion(rule: Rule) -> str:
    """Return a rule as one sentence."""
    number = rule.number
    if rule.kind == rules.MASTERY:
        return ngettext(
            "Know %(num)d question of “%(topic)s” firmly at the same time.",
            "Know %(num)d questions of “%(topic)s” firmly at the same time.",
            number,
            topic=rule.topic_name,
        )
    if rule.kind == rules.SEASON:
        if number == 1:
            return _("Earn points in a season for the team that comes first in its bracket.")
        return _(
            "Earn points in a season for a team among the first %(place)s of its bracket.",
            place=number,
        )
    if rule.kind == rules.WEEKS:
        return ngettext(
            "Take part in %(num)d week, whichever it is.",
            "Take part in %(num)d weeks, in a row or not.",
            number,
        )
    return _activity_criterion(rule.activity, number)


def _activity_criterion(activity: str, n: int) -> str:
    return {
        "daily_finished": ngettext(
            "Finish the daily quiz on %(num)d day.", "Finish the daily quiz on %(num)d days.", n
        ),
        "quiz_passed": ngettext(
            "Pass %(num)d weekly or themed quiz.", "Pass %(num)d weekly or themed quizzes.", n
        ),
        "item_contributed": ngettext(
            "Have %(num)d question of your own published.",
            "Have %(num)d questions of your own published.",
            n,
        ),
        "report_accepted": ngettext(
            "Report %(num)d error that is confirmed and corrected.",
            "Report %(num)d errors that are confirmed and corrected.",
            n,
        ),
        "contest_attended": ngettext(
            "Take part in %(num)d contest.", "Take part in %(num)d contests.", n
        ),
        "reading_task": ngettext("Do %(num)d reading task.", "Do %(num)d reading tasks.", n),
        "session_attended": ngettext(
            "Attend %(num)d session of a reading club.",
            "Attend %(num)d sessions of reading clubs.",
            n,
        ),
        "session_hosted": ngettext(
            "Host %(num)d session of a reading club.", "Host %(num)d sessions of reading clubs.", n
        ),
    }[activity]


def earned_for(rule: Rule) -> str:
    """Return the short word under a badge that was earned."""
    n = rule.number
    if rule.kind == rules.MASTERY:
        return _("mastered")
    if rule.kind == rules.SEASON:
        return _("first of the season") if n == 1 else _("first %(place)s of the season", place=n)
    if rule.kind == rules.WEEKS:
        return ngettext("%(num)d week", "%(num)d weeks", n)
    return {
        "daily_finished": ngettext("%(num)d daily quiz", "%(num)d daily quizzes", n),
        "quiz_passed": ngettext("%(num)d quiz passed", "%(num)d quizzes passed", n),
        "item_contributed": ngettext("%(num)d published", "%(num)d questions published", n),
        "report_accepted": ngettext("%(num)d accepted", "%(num)d reports accepted", n),
        "contest_attended": ngettext("%(num)d contest", "%(num)d contests", n),
        "reading_task": ngettext("%(num)d reading", "%(num)d readings", n),
        "session_attended": ngettext("%(num)d session", "%(num)d sessions attended", n),
        "session_hosted": ngettext("hosted once", "hosted %(num)d times", n),
    }[rule.activity]


def still_missing(rule: Rule, value: int) -> str:
    """Return how far it is to a badge; empty where no number says it."""
    left = rules.missing(rule, value)
    if left is None:
        return ""
    if rule.kind == rules.MASTERY:
        return ngettext("%(num)d question to go", "%(num)d questions to go", left)
    if rule.kind == rules.WEEKS:
        return ngettext("%(num)d week to go", "%(num)d weeks to go", left)
    return ngettext("once more to go", "%(num)d times to go", left)


def activities() -> dict[str, str]:
    """Return how each activity is called where one is chosen."""
    return {
        "daily_finished": _("Daily quiz finished"),
        "quiz_passed": _("Weekly or themed quiz passed"),
        "item_contributed": _("Own question published"),
        "report_accepted": _("Error report accepted"),
        "contest_attended": _("Contest attended"),
        "reading_task": _("Reading task done"),
        "session_attended": _("Reading club session attended"),
        "session_hosted": _("Reading club session hosted"),
    }


def refused_words() -> list[str]:
    """Return the words that no badge is called by, of every language."""
    found: list[str] = []
    for locale in LOCALES:
        with force_locale(locale):
            said = _(
                "loyal, virtue, virtuous, moral, politic, ideolog, patriot, obedien, conviction"
            )
        found += [word.strip() for word in said.replace("、", ",").split(",")]
    return found
