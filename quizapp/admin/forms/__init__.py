"""Forms of the desk. Units are chosen from the administrator's own scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from quizapp.core.forms import Form, stripped
from quizapp.org import rules as org_rules

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
    """The days in which team scores are compared."""

    name = StringField(
        _l("Name of the season"), validators=[_NEEDED, Length(max=60)], filters=[stripped]
    )
    starts_on = DateField(_l("First day"), validators=[_DATE_NEEDED])
    ends_on = DateField(_l("Last day"), validators=[_DATE_NEEDED])


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
