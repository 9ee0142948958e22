"""Forms of the trainer's desk: a course, a result from paper, a file of results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from quizapp.core import http
from quizapp.core.forms import Form, stripped

from . import rules
from .service import CourseText, ExamPlan, ExamRow, SectionText

_NEEDED = DataRequired(_l("Please fill this in."))
_GIVEN = InputRequired(_l("Please fill this in."))  # keeps what a field says of a wrong value
HOURS_AT_MOST, MAX_MONTHS, MAX_WINDOW, MAX_MINUTES, MAX_ATTEMPTS = 400, 120, 180, 240, 10


class WholeField(IntegerField):
    """A whole number, with the reason in the viewer's language when it is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please give a whole number.")) from None


class DayField(DateField):
    """A day, with the reason in the viewer's language when it is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please give a day, such as 2026-11-22.")) from None


def _between(least: int, most: int) -> NumberRange:
    return NumberRange(
        least, most, _l("Between %(least)s and %(most)s.", least=least, most=f"{most:,}")
    )


class CourseForm(Form):
    """What a course says of itself and what its exam is like; sections and rows come beside it."""

    title = StringField(
        _l("Title of the course"), validators=[_NEEDED, Length(max=60)], filters=[stripped]
    )
    kind = SelectField(
        _l("Kind of training"),
        choices=[
            SelectChoice("refresher", _l("Annual re-training")),
            SelectChoice("initial", _l("Initial training")),
            SelectChoice("special", _l("Special operations")),
        ],
        validate_choice=False,
    )
    legal_document = StringField(
        _l("Law or regulation"), validators=[_NEEDED, Length(max=100)], filters=[stripped]
    )
    legal_clause = StringField(
        _l("Clause"), validators=[_NEEDED, Length(max=60)], filters=[stripped]
    )
    legal_words = TextAreaField(
        _l("What it asks for, in words"), validators=[Length(max=2000)], filters=[stripped]
    )
    hours = WholeField(_l("Hours"), validators=[_GIVEN, _between(1, HOURS_AT_MOST)])
    validity_months = WholeField(
        _l("Valid for, in months"), validators=[Optional(), _between(1, MAX_MONTHS)]
    )
    window_days = WholeField(
        _l("Re-training begins, days before the end"),
        validators=[Optional(), _between(0, MAX_WINDOW)],
    )
    complete_by = DayField(_l("To be done by"), validators=[_GIVEN])
    minutes = WholeField(_l("Minutes"), validators=[_GIVEN, _between(1, MAX_MINUTES)])
    cut_percent = WholeField(_l("Passed from, in %"), validators=[_GIVEN, _between(1, 100)])
    attempts = WholeField(_l("Attempts"), validators=[Optional(), _between(1, MAX_ATTEMPTS)])

    def text(self, sent: MultiDict[str, str]) -> CourseText:
        """Return what the form and the lists beside it say together."""
        return CourseText(
            title=self.title.data or "",
            kind=self.kind.data or "",
            legal_document=self.legal_document.data or "",
            legal_clause=self.legal_clause.data or "",
            legal_words=self.legal_words.data or "",
            hours=self.hours.data or 1,
            validity_months=self.validity_months.data,
            window_days=self.window_days.data or 0,
            complete_by=self.complete_by.data,
            sections=tuple(sections_in(sent)),
            exam=ExamPlan(
                rows=tuple(rows_in(sent)),
                minutes=self.minutes.data or 0,
                cut_percent=self.cut_percent.data or 0,
                attempts=self.attempts.data,
            ),
            units=tuple(sent.getlist("units")),
        )


def sections_in(sent: MultiDict[str, str]) -> Sequence[SectionText]:
    """Return the sections of a sent form in the order of their numbers; empty ones are left out."""
    columns = [sent.getlist(name) for name in ("place", "heading", "body", "source")]
    numbered = []
    for at, (place, heading, body, source) in enumerate(zip(*columns, strict=False)):
        if heading.strip() or body.strip():
            section = SectionText(
                heading.strip()[:80] or _("Section"),
                body.strip()[: rules.MAX_BODY],
                http.whole_number(source, 0) or None,
            )
            numbered.append((http.whole_number(place, at + 1), at, section))
    return [section for _place, _at, section in sorted(numbered, key=lambda one: one[:2])]


def rows_in(sent: MultiDict[str, str]) -> Sequence[ExamRow]:
    """Return the rows of the exam in a sent form; rows without a theme or a number are left out."""
    columns = [sent.getlist(name) for name in ("theme", "easy", "medium", "hard")]
    rows = []
    for theme, *numbers in zip(*columns, strict=False):
        easy, medium, hard = (
            min(http.whole_number(number, 0), rules.MAX_QUESTIONS) for number in numbers
        )
        if theme and easy + medium + hard:
            rows.append(ExamRow(theme[:80], easy, medium, hard))
    return rows[: rules.MAX_EXAM_ROWS]


class ResultForm(Form):
    """One result from paper."""

    number = StringField(
        _l("Employee number"), validators=[_NEEDED, Length(max=40)], filters=[stripped]
    )
    held_on = DayField(
        _l("Day of the exam"),
        validators=[InputRequired(_l("Please give a day, such as 2026-11-22."))],
    )
    result = SelectField(
        _l("Result"),
        choices=[
            SelectChoice("passed", _l("Passed")),
            SelectChoice("not_passed", _l("Not passed")),
        ],
        validate_choice=False,
    )


class ResultFileForm(Form):
    """A table of results: a file."""

    file = FileField(_l("File with results"))

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if not field.data:
            raise ValidationError(_("Choose a file."))
