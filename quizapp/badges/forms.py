"""The form of the desk: a badge with one of four kinds of rule, each with fields of its own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from quizapp.core.forms import Form, stripped
from quizapp.core.http import whole_number

from . import rules
from .rules import Rule
from .service.desk import Draft


class BadgeForm(Form):
    """A badge as its author writes it. Only the fields of the chosen kind are read."""

    name = StringField(
        _l("Name of the badge"),
        validators=[DataRequired(_l("Please fill this in.")), Length(max=rules.MAX_NAME)],
        filters=[stripped],
    )
    description = TextAreaField(
        _l("Description"), validators=[Length(max=rules.MAX_DESCRIPTION)], filters=[stripped]
    )
    icon = RadioField(_l("Sign"), choices=[], default="star", validate_choice=False)
    tone = RadioField(_l("Colour"), choices=[], default=rules.GOLD, validate_choice=False)
    kind = RadioField(_l("Earned by"), choices=[], default=rules.MASTERY, validate_choice=False)
    topic = SelectField(_l("Topic"), choices=[], validate_choice=False)
    mastered = StringField(_l("Questions known firmly"))
    activity = SelectField(_l("Activity"), choices=[], validate_choice=False)
    times = StringField(_l("How often"))
    place = SelectField(_l("Best place"), choices=[], validate_choice=False)
    weeks = StringField(_l("Weeks"))

    def draft(self) -> Draft:
        """Return what was written; numbers that are none are 0, which no rule takes."""
        return Draft(
            name=" ".join((self.name.data or "").split()),
            description=self.description.data or "",
            icon=self.icon.data or "",
            tone=self.tone.data or "",
            rule=self._rule(),
        )

    def _rule(self) -> Rule:
        kind = self.kind.data or ""
        if kind == rules.MASTERY:
            topic_id = whole_number(self.topic.data, 0) or None
            return Rule(kind, whole_number(self.mastered.data, 0), topic_id)
        if kind == rules.ACTIVITY:
            number = whole_number(self.times.data, 0)
            return Rule(kind, number, activity=self.activity.data or "")
        if kind == rules.SEASON:
            return Rule(kind, whole_number(self.place.data, 0))
        return Rule(rules.WEEKS, whole_number(self.weeks.data, 0))
