"""Forms of the boards' desk. Moments are in the organisation's time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import DateTimeLocalInput

from quizapp.core.forms import Form, stripped

from . import rules

_DAY_NEEDED = DataRequired(_l("Please give a day, such as 2026-11-22."))
_WHOLE = NumberRange(min=1, message=_l("Give a whole number from 1 on."))


class StarField(IntegerField):
    """A score from which a team has a star; empty is allowed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a whole number; say in plain words when it is none."""
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            self.data = None
            return
        try:
            self.data = int(text)
        except ValueError:
            self.data = None
            raise ValueError(_("Give a whole number from 1 on.")) from None


class ProfileForm(Form):
    """How the boards are shown."""

    profile = RadioField(
        _l("Profile"),
        choices=[
            SelectChoice(rules.STANDARD, _l("Standard: places of teams")),
            SelectChoice(rules.LIGHT, _l("Light: stars, no places")),
        ],
        validate_choice=False,
    )
    listing = RadioField(
        _l("Order of the light profile"),
        choices=[
            SelectChoice(rules.BY_NAME, _l("By name")),
            SelectChoice(rules.ROTATE, _l("By name, another part each day")),
        ],
        default=rules.BY_NAME,
        validate_choice=False,
    )
    has_leaders = BooleanField(_l("Show the first three places above the list"))
    one_star = StarField(_l("One star from"), validators=[Optional(), _WHOLE])
    two_stars = StarField(_l("Two stars from"), validators=[Optional(), _WHOLE])
    three_stars = StarField(_l("Three stars from"), validators=[Optional(), _WHOLE])

    def thresholds(self) -> tuple[int, ...]:
        """Return the scores that were given, in their order."""
        fields = (self.one_star, self.two_stars, self.three_stars)
        return tuple(field.data for field in fields if field.data is not None)


class RevealForm(Form):
    """When boards that stand still move again; empty: by hand."""

    reveals_at = StringField(
        _l("Reveal at"),
        validators=[Optional()],
        filters=[stripped],
        widget=DateTimeLocalInput(),
        description=_l("Empty: somebody reveals them here by hand."),
    )

    def validate_reveals_at(self, field: StringField) -> None:
        """Raise ValidationError for what is no day and time."""
        try:
            datetime.fromisoformat(field.data or "")
        except ValueError:
            raise ValidationError(_("Give a day and a time, such as 2026-12-01 08:00.")) from None

    def moment(self, zone: str) -> datetime | None:
        """Return what was given as an aware moment in ``zone``; None when it is empty."""
        if not self.reveals_at.data:
            return None
        return datetime.fromisoformat(self.reveals_at.data).replace(tzinfo=ZoneInfo(zone))


class CampaignForm(Form):
    """A new campaign."""

    title = StringField(
        _l("Name of the campaign"),
        validators=[DataRequired(_l("Please fill this in.")), Length(max=60)],
        filters=[stripped],
    )
    starts_on = DateField(_l("First day"), validators=[_DAY_NEEDED])
    ends_on = DateField(_l("Last day"), validators=[_DAY_NEEDED])
    units = SelectMultipleField(_l("Who takes part"), validate_choice=False)

    def chosen(self) -> tuple[str, ...]:
        """Return the public ids of the chosen units; none for everybody."""
        found: Any = self.units.data or ()
        return tuple(found)
