"""The first-use notice: read before anything else, decided freely, and changed as freely."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from quizapp.accounts import service
from quizapp.accounts.models import Consent, Person
from quizapp.accounts.rules import NOTICE_VERSION
from quizapp.core.db import db as database
from quizapp.points.models import Entry
from tests import snapshots
from tests.factories import people, season


@pytest.fixture
def newcomer(as_person, world):
    """Bob on his first day, in his browser."""
    bob(world).consent = "unasked"
    database.session.commit()
    return as_person("bob")


def bob(world) -> Person:
    """Return Bob as he is stored now."""
    return database.session.get_one(Person, world.people["bob"], populate_existing=True)


def decisions() -> list[tuple[str, int]]:
    """Return what was decided so far, with the version of the notice."""
    rows = select(Consent.decision, Consent.notice_version).order_by(Consent.id)
    return [tuple(row) for row in database.session.execute(rows)]


@pytest.mark.parametrize("path", ["/", "/me", "/me/points", "/team", "/team/rules"])
def test_the_notice_comes_before_every_page(newcomer, path):
    assert newcomer.get(path).headers["Location"] == "/me/consent"


def test_the_notice_comes_before_the_first_set(newcomer):
    before = snapshots.tables()
    assert newcomer.post("/quizzes/daily").headers["Location"] == "/me/consent"
    assert snapshots.changed(before) == {}


def test_language_large_print_and_the_way_out_are_open_without_it(newcomer):
    assert newcomer.post("/locale", {"locale": "en"}).status_code == 302
    assert newcomer.post("/me/large", {"large": "1", "next": "/me/consent"}).status_code == 302
    assert newcomer.get("/me/consent").status_code == 200
    assert newcomer.post("/me/sign-out").headers["Location"] == "/login"


@pytest.mark.parametrize("decision", ["granted", "declined"])
def test_either_decision_opens_the_house(newcomer, world, decision):
    answer = newcomer.post("/me/consent", {"decision": decision})
    assert answer.headers["Location"] == "/"
    assert newcomer.get("/").status_code == 200
    assert bob(world).consent == decision
    assert decisions() == [(decision, NOTICE_VERSION)]


@pytest.mark.parametrize("decision", ["", "yes", "unasked", "GRANTED", "granted "])
def test_what_is_no_decision_is_refused_and_changes_nothing(newcomer, decision):
    before = snapshots.tables()
    answer = newcomer.post("/me/consent", {"decision": decision})
    assert answer.status_code == 422
    assert "请在两项中选一项" in answer.get_data(as_text=True)
    assert snapshots.changed(before) == {}


def test_a_decision_may_be_changed_and_every_change_is_kept(as_person, world):
    browser = as_person("bob")
    for decision in ("declined", "granted"):
        answer = browser.post("/me/consent", {"decision": decision})
        assert answer.headers["Location"] == "/me"
    assert [decision for decision, _version in decisions()] == ["declined", "granted"]
    assert bob(world).consent == "granted"


def test_deciding_the_same_again_is_no_decision(as_person):
    as_person("bob").post("/me/consent", {"decision": "granted"})
    assert decisions() == []


def test_the_notice_can_be_read_again(as_person):
    page = as_person("bob").get("/me/consent")
    assert page.status_code == 200
    assert 'value="declined"' in page.get_data(as_text=True)


def test_without_consent_a_set_earns_nothing_and_says_why(world):
    viewer = people.viewer(world.people["bob"])
    service.decide_consent(viewer, "declined")
    season.finished_set(people.viewer(world.people["bob"]))
    rows = set(database.session.execute(select(Entry.amount, Entry.reason)).all())
    assert rows == {(0, "quiet")}


def test_withdrawing_leaves_what_was_earned_with_the_team(world):
    season.finished_set(people.viewer(world.people["bob"]))
    before = database.session.scalars(select(Entry.amount).order_by(Entry.id)).all()
    service.decide_consent(people.viewer(world.people["bob"]), "declined")
    assert (
        database.session.scalars(select(Entry.amount).order_by(Entry.id)).all() == before == [5, 1]
    )


def test_nobody_sees_another_persons_decision(as_person, world):
    service.decide_consent(people.viewer(world.people["bob"]), "declined")
    person = as_person("dana").get(f"/admin/people/{bob(world).public_id}").get_data(as_text=True)
    for word in ("declined", "granted", "无积分", "不计积分", "同意"):
        assert word not in person
