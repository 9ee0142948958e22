"""How activities, limits and groups of teams are worded on the pages of the rules."""

from __future__ import annotations

from flask_babel import gettext as _

from ..rules import ACTIVITIES, Rule


def activity_label(activity: str) -> str:
    """Return what one has to do, as people read it; the bare name of one nobody worded."""
    return {
        "daily_correct": _("Daily quiz: each correct answer"),
        "daily_finished": _("Daily quiz finished"),
        "quiz_passed": _("Weekly or themed quiz passed, the first time"),
        "preshift_answered": _("Pre-shift question: for the team that answers it"),
        "item_contributed": _("A question of yours is published"),
        "report_accepted": _("An error report of yours is accepted"),
    }.get(activity, activity)


def limit_label(rule: Rule) -> str:
    """Return the limits of a rule: a week's in place of a day's that is never reached first."""
    if not rule.points:
        return _("recorded as learning, no points")
    if rule.week_limit is None:
        return _("%(number)s a day", number=rule.day_limit)
    if rule.day_limit >= rule.week_limit:
        return _("%(number)s a week", number=rule.week_limit)
    return _("%(day)s points a day, %(week)s a week", day=rule.day_limit, week=rule.week_limit)


def bracket_label(bracket: str) -> str:
    """Return how people read a group of teams of like size."""
    return {
        "small": _("5 to 15 people"),
        "middle": _("16 to 40 people"),
        "large": _("41 people and more"),
    }[bracket]


def in_order(listed: tuple[Rule, ...]) -> list[Rule]:
    """Return rules in the order of the catalogue."""
    return sorted(listed, key=lambda rule: ACTIVITIES.index(rule.activity))
