"""The desk where an administrator sets a line right that its owner named by its reference."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import NumberInput

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Form, Refusal, stripped

from .. import rules, service
from ..service import FoundLine
from .blueprint import bp
from .wording import activity_label

CORRECT = Permission.MANAGE_RECOGNITION
PAGE = 30  # corrections on a page


class WholeField(IntegerField):
    """A whole number from 0 on; None for what is none."""

    widget = NumberInput(min=0, step=1)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed, full-width digits too."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = int(typed) if typed.isdecimal() and len(typed) < 6 else None
        if typed and self.data is None:
            raise ValueError(_("Please give a whole number."))


class ReferenceForm(Form):
    """The reference that somebody handed over."""

    reference = StringField(
        _l("Reference of the line"),
        validators=[DataRequired(_l("Please fill this in.")), Length(max=80)],
        filters=[stripped],
        description=_l("Its owner finds it under Me, Points ledger, below each line."),
    )


class CorrectionForm(Form):
    """What a line should count, and why."""

    amount = WholeField(
        _l("Right amount"), validators=[InputRequired(_l("Please give a whole number."))]
    )
    note = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        description=_l("The person reads it, and so do other administrators: no names, please."),
    )


def unknown() -> str:
    """Return the one answer for references that are mistyped, unknown or another company's."""
    return _(
        "No line has this reference. Please compare it with the original, or have it copied again."
    )


def activity_of(activity: str, quantity: int) -> str:
    """Return what a line was earned for."""
    if activity == "daily_correct":
        return ngettext(
            "Daily quiz: %(num)d correct answer", "Daily quiz: %(num)d correct answers", quantity
        )
    return activity_label(activity)


@bp.get("/corrections")
@allow(CORRECT)
def corrections() -> Any:
    """Show the field for a reference, and the corrections made so far."""
    return _desk(ReferenceForm(formdata=None))


@bp.post("/corrections")
@allow(CORRECT)
def find_line() -> Any:
    """Go to the line that a reference names."""
    form = ReferenceForm()
    if form.validate_on_submit():
        try:
            found = service.find_line(viewer(), form.reference.data or "")
            return redirect(url_for("points.show_line", reference=found.reference), 303)
        except LookupError:
            form.refuse(Refusal(unknown(), field="reference"))
        except Refusal as refusal:
            form.refuse(refusal)
            return _desk(form), refusal.status
    return _desk(form), 422


def _desk(form: ReferenceForm) -> str:
    before = http.whole_number(request.args.get("before"), 0) or None
    listed = service.list_by_hand(viewer(), limit=PAGE + 1, before=before)
    page = SimpleNamespace(
        corrections=[
            SimpleNamespace(line=one, label=activity_of(one.activity, one.quantity))
            for one in listed[:PAGE]
        ],
        older_than=listed[PAGE - 1].key if len(listed) > PAGE else None,
        is_first=before is None,
    )
    return render_template("points/corrections.html", page=page, form=form)


@bp.get("/corrections/<reference>")
@allow(CORRECT)
def show_line(reference: str) -> Any:
    """Show one line, without its owner, and the form that sets it right."""
    found = _fetch(reference)
    return _line_page(found, CorrectionForm(formdata=None))


@bp.post("/corrections/<reference>")
@allow(CORRECT)
def correct_line(reference: str) -> Any:
    """Set a line right."""
    found = _fetch(reference)
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            service.correct_by_hand(
                viewer(),
                found.reference,
                amount=form.amount.data or 0,
                note=form.note.data or "",
            )
            flash(_("Corrected. The person is told on Today, with your reason."))
            return redirect(url_for("points.corrections"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _line_page(found, form), 422


def _fetch(reference: str) -> FoundLine:
    """Return the line of an address; every reference that names none ends here in the same way."""
    try:
        return service.find_line(viewer(), reference)
    except LookupError:
        return http.deny(unknown(), 404)


def _line_page(found: FoundLine, form: CorrectionForm) -> str:
    page = SimpleNamespace(
        line=found,
        label=activity_of(found.activity, found.quantity),
        note_max=rules.NOTE_MAX,
    )
    return render_template("points/correction.html", page=page, form=form)
