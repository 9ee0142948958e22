"""Forms of the desk. Units are chosen from the administrator's own scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from quizapp.core.forms import Form, stripped
from quizapp.org import rules as org_rules
from quizapp.points.service import SeasonDraft

_NEEDED = DataRequired(_l("Please fill this in."))
_DATE_NEEDED = DataRequired(_l("Please give a day, such as 2026-11-22."))

MAX_PASTED = 1_000_000  # characters; about 10,000 lines

Choices = Sequence[SelectChoice]


class UnitChoiceForm(Form):
    """A form with a unit; ``units`` are its choices."""

    unit = SelectField(_l("Unit"), validators=[_NEEDED], validate_choice=False)

    def __init__(self, units: Choices, **options: Any) -> None:
        super().__init__(**options)
        self.unit.choices = list(units)


class PersonForm(UnitChoiceForm):
    """A new person."""

    name = StringField(_l("Name"), validators=[_NEEDED, Length(max=80)], filters=[stripped])
    employee_number = StringField(
        _l("Employee number"), validators=[_NEEDED, Length(max=40)], filters=[stripped]
    )
    post = StringField(_l("Post"), validators=[Optional(), Length(max=60)], filters=[stripped])
    since = DateField(_l("From"), validators=[_DATE_NEEDED])


class EditPersonForm(Form):
    """What may change of a person without a move."""

    name = StringField(_l("Name"), validators=[_NEEDED, Length(max=80)], filters=[stripped])
    post = StringField(_l("Post"), validators=[Optional(), Length(max=60)], filters=[stripped])


class MoveForm(UnitChoiceForm):
    """Another unit, from a day on."""

    since = DateField(_l("From"), validators=[_DATE_NEEDED])


class RoleForm(UnitChoiceForm):
    """A role for a unit."""

    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice("leader", _l("Team leader")),
            SelectChoice("rep", _l("Learning rep")),
            SelectChoice("organiser", _l("Organiser")),
            SelectChoice("trainer", _l("Safety trainer")),
            SelectChoice("author", _l("Author")),
            SelectChoice("reviewer_1", _l("First reviewer")),
            SelectChoice("reviewer_2", _l("Second reviewer")),
            SelectChoice("reviewer_3", _l("Final reviewer")),
            SelectChoice("auditor", _l("Auditor")),
            SelectChoice("admin", _l("Administrator")),
        ],
        validate_choice=False,
    )


class UnitForm(Form):
    """A new unit below another one."""

    name = StringField(
        _l("Name of the unit"), validators=[_NEEDED, Length(max=80)], filters=[stripped]
    )
    code = StringField(_l("Code"), validators=[_NEEDED, Length(max=40)], filters=[stripped])
    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice(org_rules.TEAM, _l("Team")),
            SelectChoice(org_rules.WORKSHOP, _l("Workshop")),
            SelectChoice(org_rules.PLANT, _l("Plant")),
            SelectChoice(org_rules.COMPANY, _l("Company")),
        ],
        validate_choice=False,
    )
    parent = SelectField(_l("Below"), validators=[_NEEDED], validate_choice=False)


class EditUnitForm(Form):
    """The name of a unit and where it hangs."""

    name = StringField(
        _l("Name of the unit"), validators=[_NEEDED, Length(max=80)], filters=[stripped]
    )
    parent = SelectField(_l("Below"), validate_choice=False)


class SettingsForm(Form):
    """The organisation."""

    name = StringField(
        _l("Name of the organisation"), validators=[_NEEDED, Length(max=120)], filters=[stripped]
    )
    time_zone = StringField(
        _l("Time zone"), validators=[_NEEDED, Length(max=60)], filters=[stripped]
    )


class LogoForm(Form):
    """A picture."""

    logo = FileField(_l("Picture"), validators=[FileRequired(_l("Choose a file."))])


class SeasonForm(Form):
    """A season: its name, its days, and how scores come about."""

    name = StringField(
        _l("Name of the season"), validators=[_NEEDED, Length(max=60)], filters=[stripped]
    )
    starts_on = DateField(_l("First day"), validators=[_DATE_NEEDED])
    ends_on = DateField(_l("Last day"), validators=[_DATE_NEEDED])
    method = SelectField(
        _l("How the score comes about"),
        choices=[
            SelectChoice("shrunken_mean", _l("Points per person over the last 28 days")),
            SelectChoice("best_k", _l("The best contributions to each activity, whole season")),
            SelectChoice("total", _l("The sum of all points, whole season")),
        ],
        default="shrunken_mean",
    )

    def draft(self) -> SeasonDraft:
        """Return the season that was asked for; the form has been validated."""
        starts_on, ends_on = self.starts_on.data, self.ends_on.data
        if starts_on is None or ends_on is None:
            raise ValueError("the form was not validated")
        return SeasonDraft(self.name.data or "", starts_on, ends_on, self.method.data)


class AbsenceForm(Form):
    """Somebody who does not count for some days, is lent, or arrives; ``units`` are choices."""

    number = StringField(
        _l("Employee number"), validators=[_NEEDED, Length(max=40)], filters=[stripped]
    )
    kind = SelectField(
        _l("What it is"),
        choices=[
            SelectChoice("away", _l("Away: does not count")),
            SelectChoice("lent", _l("Lent to another unit, then back")),
            SelectChoice("arrived", _l("Arrives in a unit")),
        ],
        default="away",
    )
    since = DateField(_l("First day"), validators=[_DATE_NEEDED])
    until = DateField(_l("Last day"), validators=[Optional()])
    unit = SelectField(_l("Which unit"), validators=[Optional()], validate_choice=False)

    def __init__(self, units: Choices, **options: Any) -> None:
        super().__init__(**options)
        self.unit.choices = [SelectChoice("", "—"), *units]


class TableForm(Form):
    """A table of absences or shifts."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])


class PatternForm(Form):
    """A rhythm of shifts."""

    code = StringField(_l("Code"), validators=[_NEEDED, Length(max=40)], filters=[stripped])
    name = StringField(
        _l("Name of the pattern"), validators=[_NEEDED, Length(max=60)], filters=[stripped]
    )
    cycle = StringField(
        _l("Shifts, day by day"), validators=[_NEEDED, Length(max=240)], filters=[stripped]
    )
    anchor_on = DateField(_l("The pattern begins on"), validators=[_DATE_NEEDED])


class AssignShiftsForm(Form):
    """Which unit works by which pattern; the choices come with it."""

    pattern = SelectField(_l("Shift pattern"), validators=[_NEEDED], validate_choice=False)
    unit = SelectField(_l("Which unit"), validators=[_NEEDED], validate_choice=False)
    since = DateField(_l("First day"), validators=[_DATE_NEEDED])
    offset_days = IntegerField(
        _l("Days ahead in the pattern"),
        validators=[InputRequired(_l("Please fill this in.")), NumberRange(0, 119)],
        default=0,
    )

    def __init__(self, patterns: Choices, units: Choices, **options: Any) -> None:
        super().__init__(**options)
        self.pattern.choices = list(patterns)
        self.unit.choices = list(units)


class MergeForm(Form):
    """Into which unit one is merged, from which day on."""

    into = SelectField(_l("Into"), validators=[_NEEDED], validate_choice=False)
    since = DateField(_l("From"), validators=[_DATE_NEEDED])


class SplitForm(Form):
    """A new unit beside another one, and who moves into it."""

    name = StringField(
        _l("Name of the new unit"), validators=[_NEEDED, Length(max=80)], filters=[stripped]
    )
    code = StringField(_l("Code"), validators=[_NEEDED, Length(max=40)], filters=[stripped])
    since = DateField(_l("From"), validators=[_DATE_NEEDED])
    people = SelectMultipleField(_l("Who moves"), validate_choice=False)


class RosterForm(Form):
    """A roster as a file, or a table pasted instead."""

    file = FileField(_l("File"))
    pasted = TextAreaField(
        _l("Or paste a table here"),
        validators=[Length(max=MAX_PASTED, message=_l("This table is too long: use a file."))],
    )

    def validate_file(self, field: FileField) -> None:
        """Ask for one of the two."""
        if not field.data and not (self.pasted.data or "").strip():
            raise ValidationError(_("Choose a file, or paste a table."))

    def content(self) -> tuple[str, bytes]:
        """Return the name and the bytes of what was given; a file goes before a pasted table."""
        if self.file.data:
            return self.file.data.filename or "", self.file.data.read()
        return str(_("Pasted table")) + ".tsv", (self.pasted.data or "").encode("utf-8", "replace")
