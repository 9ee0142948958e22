"""The form of a new version of the rules: three numbers an activity, two limits, a first day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField
from wtforms.validators import InputRequired, Optional

from quizapp.core.forms import Form

from .rules import ACTIVITIES, Rule, RuleSet

NUMBERS = ("points", "day_limit", "week_limit")
NUMBER_NEEDED = InputRequired(_l("Please give a whole number."))


class WholeNumber(IntegerField):
    """A number without a fraction, refused in the viewer's words."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; raise ValueError when it is no number."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError as no_number:
            raise ValueError(_("Please give a whole number.")) from no_number


class RulesForm(Form):
    """A version of the rules. Fields of an activity are named ``<activity>.points`` and so on.

    An activity without points earns nothing; without a limit of a week only that of a day holds.
    """

    since = DateField(
        _l("In force from"),
        validators=[InputRequired(_l("Please give a day, such as 2026-11-22."))],
    )
    day_limit = WholeNumber(_l("At most a day"), validators=[NUMBER_NEEDED])
    week_limit = WholeNumber(_l("At most a week"), validators=[NUMBER_NEEDED])

    def __init__(self, labels: Mapping[str, str], **options: Any) -> None:
        """Name the fields after their activities, for the summary of errors and for ears."""
        super().__init__(**options)
        names = {
            "points": _("Points"),
            "day_limit": _("At most a day"),
            "week_limit": _("At most a week"),
        }
        for activity in ACTIVITIES:
            for number in NUMBERS:
                label = _("%(what)s, %(number)s", what=labels[activity], number=names[number])
                self[f"{activity}.{number}"].label.text = label

    def listed(self) -> tuple[Rule, ...]:
        """Return the rules that were typed; raise TypeError before the form was found sound."""
        return tuple(
            Rule(activity, *(self[f"{activity}.{number}"].data for number in NUMBERS))
            for activity in ACTIVITIES
        )

    def draft(self, version: int = 0) -> RuleSet:
        """Return the rules that were typed, as the version they would be."""
        return RuleSet(
            version=version,
            since=self.since.data or date.max,
            rules=self.listed(),
            day_limit=self.day_limit.data or 0,
            week_limit=self.week_limit.data or 0,
        )


for _activity in ACTIVITIES:
    for _number in NUMBERS:
        _needed = Optional() if _number == "week_limit" else NUMBER_NEEDED
        setattr(RulesForm, f"{_activity}.{_number}", WholeNumber(validators=[_needed]))


def values_of(known: RuleSet) -> dict[str, Any]:
    """Return what the form shows of rules that there are; 0 for what they do not name."""
    values: dict[str, Any] = {"day_limit": known.day_limit, "week_limit": known.week_limit}
    for activity in ACTIVITIES:
        rule = known.rule(activity) or Rule(activity, 0, 0)
        values |= {f"{activity}.{number}": getattr(rule, number) for number in NUMBERS}
    return values
