"""What every form shares, and the refusals a command raises for a person to read."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms.i18n import DummyTranslations


class Refusal(Exception):
    """A command says no: what is wrong and what to do, in the words of ``message``.

    ``message`` is translated text; ``status`` the HTTP status; ``field`` the form field at fault.
    """

    def __init__(self, message: str, *, status: int = 409, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.field = field


class Form(FlaskForm):
    """A form whose fields word their errors in the viewer's language."""

    class Meta(FlaskForm.Meta):
        """Leave the wording to us: the library's own Chinese mixes registers."""

        def get_translations(self, form: Any) -> Any:
            """Return translations that change nothing."""
            return DummyTranslations()

    @property
    def status(self) -> int:
        """Return the HTTP status of a page that shows this form: 422 once something is wrong."""
        return 422 if self.errors or self.form_errors else 200

    def refuse(self, refusal: Refusal) -> None:
        """Show ``refusal`` at its field, or above the form when it names none."""
        field = self._fields.get(refusal.field or "")
        errors = field.errors if field is not None else self.form_errors
        if isinstance(errors, tuple):
            field.errors = [*errors, refusal.message]
        else:
            errors.append(refusal.message)


def stripped(value: str | None) -> str | None:
    """Return ``value`` without white space at its ends, as a WTForms filter."""
    return value.strip() if value else value


def csrf_field() -> Markup:
    """Return the hidden input that every POST form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def init_app(app: Flask) -> None:
    """Make ``csrf_field()`` known to the templates of ``app``."""
    app.jinja_env.globals["csrf_field"] = csrf_field
