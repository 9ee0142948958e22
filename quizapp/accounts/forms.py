"""Forms: sign-in, new password, first set-up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from quizapp.core.forms import Form, stripped

from .rules import MAX_PASSWORD

_NEEDED = DataRequired(_l("Please fill this in."))


class SignInForm(Form):
    """Employee number and password."""

    organisation = SelectField(_l("Organisation"), validate_choice=False)
    employee_number = StringField(
        _l("Employee number"),
        validators=[_NEEDED, Length(max=40)],
        filters=[stripped],
        render_kw={"autocomplete": "username", "autocapitalize": "characters"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[_NEEDED, Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class ChangePasswordForm(Form):
    """The old password, and the new one twice."""

    current = PasswordField(
        _l("Current password"),
        validators=[_NEEDED, Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        validators=[_NEEDED],
        description=_l("At least 8 characters; a short sentence is easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        validators=[_NEEDED, EqualTo("password", _l("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class SetupForm(Form):
    """The organisation and its first administrator."""

    organisation = StringField(
        _l("Name of the organisation"), validators=[_NEEDED, Length(max=120)], filters=[stripped]
    )
    name = StringField(_l("Your name"), validators=[_NEEDED, Length(max=80)], filters=[stripped])
    employee_number = StringField(
        _l("Employee number"), validators=[_NEEDED, Length(max=40)], filters=[stripped]
    )
    password = PasswordField(
        _l("Password"),
        validators=[_NEEDED],
        description=_l("At least 8 characters; a short sentence is easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Password again"),
        validators=[_NEEDED, EqualTo("password", _l("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )
