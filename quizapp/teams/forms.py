"""Forms of teams: a goal, and a few words of thanks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional

from quizapp.core.forms import Form, stripped

from . import rules

_NUMBER = _l("Please give a whole number.")
_DAY = _l("Please give a day, such as 2026-11-22.")


class WholeField(IntegerField):
    """A whole number; what is none is said in the viewer's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(str(_NUMBER)) from None


class DayField(DateField):
    """A day; what is none is said in the viewer's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(_DAY)) from None


class GoalForm(Form):
    """What a team wants to reach together, how much of it, and until when."""

    kind = RadioField(
        _l("What the team wants to reach"),
        choices=[
            SelectChoice(rules.POINTS, _l("Points of the whole team")),
            SelectChoice(rules.WEEKS, _l("Active weeks of the team")),
            SelectChoice(rules.PRESHIFT, _l("Pre-shift questions answered together")),
        ],
        default=rules.POINTS,
        validate_choice=False,
        validators=[AnyOf(rules.KINDS, message=_l("Choose what the goal is about."))],
    )
    target = WholeField(_l("How much"), validators=[InputRequired(_NUMBER)])
    ends_on = DayField(_l("Last day"), validators=[DataRequired(_DAY)])
    note = StringField(
        _l("A few words to it (optional)"),
        validators=[Optional(), Length(max=rules.MOST_NOTE, message=_l("At most 40 characters."))],
        filters=[stripped],
    )


class ThanksForm(Form):
    """Words of thanks; to whom is chosen before."""

    text = TextAreaField(_l("Your thanks"), filters=[stripped])
