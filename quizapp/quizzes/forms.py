"""Forms of the assembly desk. Moments are typed on the clock of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import DateTimeLocalInput, NumberInput

from quizapp.core.forms import Form, stripped

from .service import authoring

_NEEDED = DataRequired(_l("Please fill this in."))
MOST_MINUTES = 600
MOST_GRACE_SECONDS = 3600
MOST_ATTEMPTS = 20

Choices = Sequence[SelectChoice]


class Between:
    """Ask for a whole number within bounds; what is no number at all has its own message."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, _form: Any, field: Field) -> None:
        """Raise ValidationError unless the number lies within the bounds."""
        if field.data is None or not self.least <= field.data <= self.most:
            raise ValidationError(
                _(
                    "A whole number from %(least)s to %(most)s.",
                    least=self.least,
                    most=self.most,
                )
            )


class WholeField(IntegerField):
    """A whole number; nonsense is refused in our own words by ``Between``."""

    widget = NumberInput(min=0)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; None for what is no number."""
        text = valuelist[0].strip() if valuelist else ""
        is_number = text.isascii() and text.isdigit() and len(text) < 10
        self.data = int(text) if is_number else None


class MomentField(StringField):
    """A day and a time on the clock of an organisation; ``moment`` is None when empty."""

    widget = DateTimeLocalInput()
    zone = "Asia/Shanghai"

    def show(self, moment: datetime | None) -> None:
        """Fill the field with a moment."""
        wall = moment.astimezone(ZoneInfo(self.zone)) if moment else None
        self.data = wall.strftime("%Y-%m-%dT%H:%M") if wall else ""

    @property
    def moment(self) -> datetime | None:
        """Return what was typed as an aware moment."""
        if not self.data:
            return None
        return datetime.fromisoformat(self.data).replace(tzinfo=ZoneInfo(self.zone))

    def pre_validate(self, _form: Any) -> None:
        """Raise ValidationError for what is no day and time."""
        if self.data and not _is_moment(self.data):
            raise ValidationError(_("Give a day and a time, such as 2026-12-01 08:00."))


def _is_moment(text: str) -> bool:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    return found.tzinfo is None and 2000 <= found.year <= 2200


class NewQuizForm(Form):
    """What is needed for a first draft."""

    name = StringField(
        _l("Name of the quiz"),
        validators=[_NEEDED, Length(max=authoring.MOST_NAME)],
        filters=[stripped],
    )
    mode = SelectField(_l("Mode"), validators=[_NEEDED])
    unit = SelectField(_l("Whose quiz it is"), validators=[_NEEDED], validate_choice=False)
    topic = SelectField(_l("Topic"), validate_choice=False)
    count = WholeField(_l("How many questions"), validators=[Between(1, authoring.MOST_ITEMS)])

    def __init__(self, modes: Choices, units: Choices, topics: Choices, **options: Any) -> None:
        super().__init__(**options)
        self.mode.choices = list(modes)
        self.unit.choices = list(units)
        self.topic.choices = list(topics)


class SettingsForm(Form):
    """When and how a quiz is taken."""

    name = StringField(
        _l("Name of the quiz"),
        validators=[_NEEDED, Length(max=authoring.MOST_NAME)],
        filters=[stripped],
    )
    opens_at = MomentField(_l("Opens"), description=_l("Empty: as soon as it is published."))
    closes_at = MomentField(_l("Closes"), description=_l("Empty: it stays open."))
    limit_minutes = WholeField(
        _l("Time limit in minutes"),
        validators=[Optional(), Between(1, MOST_MINUTES)],
        description=_l("Empty: no clock."),
    )
    grace_seconds = WholeField(
        _l("Grace in seconds"),
        validators=[InputRequired(_l("Please fill this in.")), Between(0, MOST_GRACE_SECONDS)],
        description=_l("What is still on its way when time is up counts as well."),
    )
    attempts_allowed = WholeField(
        _l("Attempts"),
        validators=[Optional(), Between(1, MOST_ATTEMPTS)],
        description=_l("Empty: any number, with other questions as far as the bank has them."),
    )
    cut_percent = WholeField(
        _l("Passed from, in percent"),
        validators=[Optional(), Between(1, 100)],
        description=_l("Empty: there is nothing to pass."),
    )
    markers = WholeField(
        _l("Markers of each essay"),
        validators=[InputRequired(_l("Please fill this in.")), Between(1, 2)],
    )
    legal_basis = TextAreaField(_l("Legal basis"), validators=[Length(max=200)], filters=[stripped])

    def __init__(self, zone: str, **options: Any) -> None:
        super().__init__(**options)
        self.opens_at.zone = self.closes_at.zone = zone


class ExtendForm(Form):
    """A later closing time and why."""

    closes_at = MomentField(_l("Closes"), validators=[_NEEDED])
    reason = StringField(
        _l("Why"), validators=[_NEEDED, Length(max=authoring.MOST_REASON)], filters=[stripped]
    )

    def __init__(self, zone: str, **options: Any) -> None:
        super().__init__(**options)
        self.closes_at.zone = zone


class AudienceForm(Form):
    """One more line of the audience."""

    unit = SelectField(_l("Unit"), validators=[_NEEDED], validate_choice=False)
    role = SelectField(_l("Role"), validate_choice=False)

    def __init__(self, units: Choices, roles: Choices, **options: Any) -> None:
        super().__init__(**options)
        self.unit.choices = list(units)
        self.role.choices = list(roles)


class MoreTimeForm(Form):
    """Who gets more time, and how much."""

    employee_number = StringField(
        _l("Employee number"), validators=[_NEEDED, Length(max=40)], filters=[stripped]
    )
    factor = SelectField(_l("Time"), validators=[_NEEDED], validate_choice=False)

    def __init__(self, factors: Choices, **options: Any) -> None:
        super().__init__(**options)
        self.factor.choices = list(factors)
