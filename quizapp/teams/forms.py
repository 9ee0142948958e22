"""Forms of teams: a goal, and a few words of thanks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from quizapp.core.forms import Form, stripped

from . import rules

_NUMBER = _l("Please give a whole number.")


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
    )
    target = IntegerField(_l("How much"), validators=[InputRequired(_NUMBER)])
    ends_on = DateField(
        _l("Last day"), validators=[DataRequired(_l("Please give a day, such as 2026-11-22."))]
    )
    note = StringField(
        _l("A few words to it (optional)"),
        validators=[Optional(), Length(max=rules.MOST_NOTE, message=_l("At most 40 characters."))],
        filters=[stripped],
    )


class ThanksForm(Form):
    """Words of thanks; to whom is chosen before."""

    text = TextAreaField(_l("Your thanks"), filters=[stripped])
