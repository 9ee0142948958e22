"""Forms: their wording, and a command's refusal at the field it is about."""

from __future__ import annotations

import contextlib

import pytest
from flask import Flask
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, Length

from quizapp.core.forms import Form, Refusal, csrf_field, stripped


class LampForm(Form):
    """A form of this test."""

    name = StringField(
        validators=[DataRequired(_l("Please fill this in.")), Length(max=5)], filters=[stripped]
    )
    number = IntegerField()


@pytest.fixture
def post(app: Flask):
    """Return the form as it comes out of a request with these fields; the request goes on."""
    with contextlib.ExitStack() as stack:

        def send(**fields: str) -> LampForm:
            stack.enter_context(app.test_request_context(method="POST", data=fields))
            form = LampForm(meta={"csrf": False})
            form.validate()
            return form

        yield send


def test_a_form_in_order_has_the_status_of_a_page(post):
    form = post(name="one", number="1")
    assert (form.errors, form.status) == ({}, 200)


def test_a_form_that_is_wrong_says_so_in_its_status(post):
    assert post(name="", number="1").status == 422


def test_fields_word_their_errors_in_the_language_of_the_page(post):
    assert [str(error) for error in post(name="").errors["name"]] == ["请填写这一项。"]


def test_white_space_at_the_ends_is_taken_off(post):
    assert post(name=" one ", number="1").name.data == "one"
    assert stripped(None) is None


def test_a_refusal_stands_at_its_field(post):
    form = post(name="one", number="1")
    form.refuse(Refusal("taken", field="name", status=422))
    assert list(form.name.errors) == ["taken"]
    assert list(form.number.errors) == []
    assert form.status == 422


@pytest.mark.parametrize("field", [None, "unknown"])
def test_a_refusal_without_a_field_stands_above_the_form(post, field):
    form = post(name="one", number="1")
    form.refuse(Refusal("no", field=field))
    assert form.form_errors == ["no"]
    assert form.status == 422


def test_a_refusal_joins_what_is_wrong_already(post):
    form = post(name="", number="1")
    form.refuse(Refusal("taken", field="name"))
    assert [str(error) for error in form.name.errors] == ["请填写这一项。", "taken"]


def test_a_refusal_is_a_conflict_unless_it_says_otherwise():
    refusal = Refusal("no")
    assert (refusal.message, refusal.status, refusal.field, str(refusal)) == ("no", 409, None, "no")


def test_a_form_carries_a_token_that_is_escaped(app):
    with app.test_request_context():
        assert csrf_field().startswith('<input type="hidden" name="csrf_token" value="')


def test_a_form_without_its_token_is_not_valid(app):
    with app.test_request_context(method="POST", data={"name": "one"}):
        form = LampForm()
        assert not form.validate()
        assert "csrf_token" in form.errors


def test_a_hostile_value_stays_text(as_person):
    """What was typed comes back into its field escaped."""
    hostile = '"><script>alert(1)</script>'
    answer = as_person("dana").post(
        "/admin/people/add", {"name": "x", "employee_number": hostile, "unit": "none", "since": ""}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
