"""The pre-shift question on a phone, as a browser without scripts meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.items import service as items
from quizapp.points.models import Entry
from quizapp.quizzes.models import Preshift, PreshiftAnswer
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back
from tests.factories import bank, people
from tests.savepoints import undone


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """The cast with a bank, made once."""
    with rolled_back(app), clock.frozen(NOW):
        made = people.world()
        items.load_packs(made.organisation, [bank.pack(20)])
        items.approve_for_demo(made.organisation)
        yield made


@pytest.fixture
def world(settled: people.World) -> Iterator[people.World]:
    """The cast, at the tests' present."""
    with undone(), clock.frozen(NOW):
        yield settled


@pytest.fixture
def alice(app, world) -> Browser:
    """The leader's browser."""
    return Browser(app).sign_in(world.people["alice"])


@pytest.fixture
def bob(app, world) -> Browser:
    """A browser of somebody in the team."""
    return Browser(app).sign_in(world.people["bob"])


def form_on(browser: Browser, path: str = "/quizzes/preshift") -> tuple[dict[str, str], list[str]]:
    """Return the hidden fields of the question's form and the ids of its options."""
    page = browser.get(path).get_data(as_text=True)
    form = re.search(r'<form method="post" action="/quizzes/preshift\?.*?</form>', page, re.DOTALL)
    assert form, page
    hidden = dict(re.findall(r'name="(claim|way|preshift)"[^>]* value="([^"]*)"', form[0]))
    return hidden, re.findall(r'name="option" value="([^"]+)"', form[0])


def text_of(browser: Browser, path: str) -> str:
    """Return a page."""
    response = browser.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_leader_answers_for_the_team_and_hears_why(alice, world):
    hidden, options = form_on(alice)
    assert bank.CANARY not in text_of(alice, "/quizzes/preshift")
    sent = {**hidden, "option": options[0], f"hands.{options[0]}": "9"}
    response = alice.post("/quizzes/preshift", sent)
    assert response.status_code == 303
    address = response.location.partition("#")[0]
    page = text_of(alice, address)
    for word in (bank.CANARY, "请念给大家听", "《测试法》", "已为本班记录", 'id="verdict"'):
        assert word in page
    again = alice.post("/quizzes/preshift", {**sent, "option": options[-1]})
    assert again.location == response.location
    assert text_of(alice, address) == page
    kept = database.session.scalars(select(PreshiftAnswer)).one()
    assert (kept.way, kept.recorded_by) == ("tv", world.people["alice"])
    entry = database.session.scalars(select(Entry)).one()
    assert entry.source == f"preshift:{kept.preshift_id}"


def test_the_page_of_today_leads_there_and_only_the_leader(alice, bob):
    assert 'href="/quizzes/preshift"' in text_of(alice, "/")
    assert 'href="/quizzes/preshift"' in text_of(alice, "/me")
    assert "/quizzes/preshift" not in text_of(bob, "/") + text_of(bob, "/me")
    assert bob.get("/quizzes/preshift").status_code == 403


def test_who_scans_signed_out_comes_back_after_signing_in(app, world):
    response = Browser(app).get("/quizzes/preshift")
    assert response.location == "/login?next=/quizzes/preshift"


def test_nothing_chosen_keeps_what_was_typed(alice):
    hidden, options = form_on(alice)
    response = alice.post("/quizzes/preshift", {**hidden, f"hands.{options[1]}": "12"})
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert "请先选出举手最多的一项" in page
    assert f'name="hands.{options[1]}" value="12"' in page
    assert bank.CANARY not in page
    assert database.session.scalars(select(Preshift)).all() == []


def test_hands_that_are_no_number_keep_the_choice(alice):
    hidden, options = form_on(alice)
    sent = {**hidden, "option": options[1], f"hands.{options[0]}": "many"}
    response = alice.post("/quizzes/preshift", sent)
    assert response.status_code == 422
    assert f'value="{options[1]}" checked' in response.get_data(as_text=True)


def test_a_form_that_was_tampered_with_is_refused(alice):
    hidden, options = form_on(alice)
    response = alice.post(
        "/quizzes/preshift", {"claim": hidden["claim"][:-2], "option": options[0]}
    )
    assert response.status_code == 422
    assert database.session.scalars(select(Preshift)).all() == []


def test_a_week_is_printed_with_the_key_on_its_own_page(alice):
    response = alice.post("/quizzes/preshift/sheet", {"slot": "A", "first": "2026-11-19"})
    page = response.get_data(as_text=True)
    questions, key = page.split('id="key"')
    assert page.count('class="ask"') == 7
    assert bank.CANARY not in questions
    assert key.count(bank.CANARY) == 7
    assert "11月19日 周四" in questions
    assert "数完举手再展开" in key


@pytest.mark.parametrize("form", [{"slot": "D"}, {}])
def test_a_sheet_needs_a_shift(alice, form):
    assert alice.post("/quizzes/preshift/sheet", form).status_code == 422


def test_paper_is_entered_later_from_the_list(alice, world):
    alice.post("/quizzes/preshift/sheet", {"slot": "A"})
    first = database.session.scalars(select(Preshift.public_id).order_by(Preshift.day)).first()
    with clock.frozen(NOW + timedelta(days=2)):
        assert "录入" in text_of(alice, "/quizzes/preshift")
        hidden, options = form_on(alice, f"/quizzes/preshift/{first}")
        assert (hidden["way"], hidden["preshift"]) == ("paper", first)
        response = alice.post("/quizzes/preshift", {**hidden, "option": options[0]})
        assert response.location == f"/quizzes/preshift/{first}#verdict"
    assert database.session.scalars(select(PreshiftAnswer.way)).all() == ["paper"]


def test_days_to_come_are_not_shown_before_their_shift(alice):
    alice.post("/quizzes/preshift/sheet", {"slot": "A"})
    last = database.session.scalars(
        select(Preshift.public_id).order_by(Preshift.day.desc())
    ).first()
    assert 'name="option"' not in text_of(alice, f"/quizzes/preshift/{last}")


def test_there_is_no_name_of_anybody_on_the_page(alice):
    page = text_of(alice, "/quizzes/preshift")
    assert not [name for name in ("Bob", "同事") if name in page]


def test_the_page_costs_few_statements(alice, count_statements):
    alice.get("/quizzes/preshift")
    with count_statements() as seen:
        alice.get("/quizzes/preshift")
    assert len(seen) <= 14, "\n".join(seen)
