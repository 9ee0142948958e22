"""The form with which a task is assigned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from quizapp.core.forms import Form, stripped

from . import rules


class AssignForm(Form):
    """What, for whom, by when, and how it is meant."""

    subject = SelectField(
        _l("What"), validators=[DataRequired(_l("Choose something."))], validate_choice=False
    )
    units = SelectMultipleField(_l("For whom"), validate_choice=False)
    people = SelectMultipleField(_l("People"), validate_choice=False)
    find = StringField(_l("Find people or units"), filters=[stripped])
    due_on = DateField(
        _l("By when"), validators=[DataRequired(_l("Please give a day, such as 2026-11-22."))]
    )
    wish = RadioField(
        _l("How it is meant"),
        choices=[
            SelectChoice(rules.RECOMMENDED, _l("Recommended")),
            SelectChoice(rules.VOLUNTARY, _l("Voluntary")),
            SelectChoice(rules.STATUTORY, _l("Statutory")),
        ],
        default=rules.RECOMMENDED,
        validate_choice=False,
    )
    legal_basis = StringField(
        _l("Legal basis"), validators=[Optional(), Length(max=200)], filters=[stripped]
    )
    note = TextAreaField(
        _l("Note"), validators=[Optional(), Length(max=rules.MAX_NOTE)], filters=[stripped]
    )

    def __init__(self, subjects: Sequence[SelectChoice], **options: Any) -> None:
        super().__init__(**options)
        self.subject.choices = list(subjects)
