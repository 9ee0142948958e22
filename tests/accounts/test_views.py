"""The doors of the house in a browser: sign in and out, one-time links, passwords, set-up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from quizapp.accounts import rules, service
from quizapp.accounts.models import Person
from quizapp.core import clock, security
from quizapp.core.db import db as database
from quizapp.org.models import Organisation, Unit
from tests import snapshots
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.factories import people

PASSWORD = "明月几时有，把酒问青天"
NEW = "不知天上宫阙，今夕是何年"


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast of two companies; nobody needs a question here."""
    return people.world()


@pytest.fixture(scope="module")
def hashed() -> str:
    """The stored hash of Bob's password, reckoned once."""
    return security.hash_password(PASSWORD)


@pytest.fixture
def door(app, world, hashed):
    """Return a browser before the door, and a function that types number and password."""
    bob = stored(world, "bob")
    bob.password_hash = hashed
    database.session.commit()
    organisation = database.session.get_one(Organisation, world.organisation).public_id
    browser = Browser(app)

    def type_in(password=PASSWORD, number="1002", **more):
        form = {"organisation": organisation, "employee_number": number, "password": password}
        return browser.post("/login", {**form, **more})

    return browser, type_in


def stored(world, name: str) -> Person:
    """Return somebody of the cast as they are stored now."""
    return database.session.get_one(Person, world.people[name], populate_existing=True)


def is_signed_in(browser: Browser) -> bool:
    """Tell whether a browser is let in."""
    return browser.get("/me").status_code == 200


# --- signing in -----------------------------------------------------------------------------------


def test_the_page_asks_for_number_and_password(client, world):
    page = client.get("/login").get_data(as_text=True)
    assert 'name="employee_number"' in page
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page


def test_who_is_sent_to_sign_in_comes_back_to_where_they_were(door):
    browser, type_in = door
    sent = browser.get("/team?bracket=small").headers["Location"]
    assert sent == "/login?next=/team?bracket%3Dsmall"
    assert 'name="next" value="/team?bracket=small"' in browser.get(sent).get_data(as_text=True)
    answer = type_in(next="/team?bracket=small")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/team?bracket=small")
    assert is_signed_in(browser)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_to_this_site_only(door, target):
    _browser, type_in = door
    assert type_in(next=target).headers["Location"] == "/"


def test_a_wrong_password_is_said_kindly_and_not_repeated(door):
    browser, type_in = door
    answer = type_in("a wrong one")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "工号或密码不对" in page
    assert 'value="1002"' in page
    assert "a wrong one" not in page
    assert not is_signed_in(browser)


def test_after_too_many_tries_the_page_says_how_long_to_wait(door):
    _browser, type_in = door
    for _time in range(rules.FREE_TRIES):
        assert type_in("a wrong one").status_code == 422
    answer = type_in()
    assert answer.status_code == 429
    assert "请等 31 秒再试" in answer.get_data(as_text=True)
    with clock.frozen(NOW + timedelta(seconds=31)):
        assert type_in().status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"number": ""},
        {"password": ""},
        {"number": "1" * 41},
        {"password": "x" * (rules.MAX_PASSWORD + 1)},
    ],
)
def test_an_impossible_form_is_refused_before_any_hashing(door, fields, monkeypatch):
    monkeypatch.setattr(security, "is_password", None)
    _browser, type_in = door
    assert type_in(**fields).status_code == 422


@pytest.mark.parametrize("organisation", ["", "nobody", "乙集团"])
def test_a_company_that_is_not_named_rightly_lets_nobody_in(door, organisation):
    browser, type_in = door
    assert type_in(organisation=organisation).status_code == 422
    assert not is_signed_in(browser)


def test_another_companys_door_does_not_open(door, world):
    browser, type_in = door
    other = database.session.get_one(Organisation, world.other_organisation).public_id
    assert type_in(organisation=other).status_code == 422
    assert not is_signed_in(browser)


def test_who_is_signed_in_needs_no_form(as_person):
    answer = as_person("bob").get("/login?next=/me")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me")


# --- sessions -------------------------------------------------------------------------------------


def test_whatever_the_browser_held_before_is_gone(door):
    """A session that somebody planted, or that was somebody else's, does not live on."""
    browser, type_in = door
    with browser.client.session_transaction() as cookie:
        cookie.update(secret="planted", planted=True, _user_id="somebody")
    type_in()
    with browser.client.session_transaction() as cookie:
        assert cookie["secret"] != "planted"
        assert "planted" not in cookie


def test_a_token_from_before_is_worth_nothing_afterwards(door):
    browser, type_in = door
    old = browser.csrf_token()
    type_in()
    answer = browser.open("/me/large", method="POST", data={"csrf_token": old, "large": "1"})
    assert answer.status_code == 400


def test_signing_in_again_changes_the_secret(door):
    browser, type_in = door
    secrets = set()
    for _time in range(2):
        type_in()
        with browser.client.session_transaction() as cookie:
            secrets.add(cookie["secret"])
    assert len(secrets) == 2


def test_signing_out_ends_the_session_and_not_only_the_cookie(app, as_person):
    browser, thief = as_person("bob"), Browser(app)
    stolen = browser.client.get_cookie("zhixing").value
    thief.client.set_cookie("zhixing", stolen)
    assert is_signed_in(thief)
    answer = browser.post("/me/sign-out")
    assert answer.headers["Location"] == "/login"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(browser)
    thief.client.set_cookie("zhixing", stolen)
    assert not is_signed_in(thief)


def test_signing_out_everywhere_keeps_this_device(as_person):
    here, elsewhere, alice = as_person("bob"), as_person("bob"), as_person("alice")
    assert here.post("/me/sign-out-everywhere").status_code == 302
    assert [is_signed_in(browser) for browser in (here, elsewhere, alice)] == [True, False, True]


def test_a_session_ends_after_thirty_days(as_person):
    browser = as_person("bob")
    with clock.frozen(NOW + timedelta(days=rules.SESSION_DAYS, seconds=-1)):
        assert is_signed_in(browser)
    with clock.frozen(NOW + timedelta(days=rules.SESSION_DAYS)):
        assert not is_signed_in(browser)


def test_closing_an_account_ends_its_sessions_at_once(as_person, world):
    bob, dana = as_person("bob"), as_person("dana")
    address = f"/admin/people/{stored(world, 'bob').public_id}/close"
    assert dana.post(address).status_code == 302
    assert not is_signed_in(bob)


def test_opening_the_account_again_revives_no_old_session(as_person, world):
    bob, dana = as_person("bob"), as_person("dana")
    public_id = stored(world, "bob").public_id
    team = database.session.get_one(Unit, world.team).public_id
    dana.post(f"/admin/people/{public_id}/close")
    assert dana.post(f"/admin/people/{public_id}/reopen", {"unit": team}).status_code == 302
    assert stored(world, "bob").is_active
    assert not is_signed_in(bob)


def test_a_session_is_bound_to_its_person(app, as_person, world):
    """The cookie names the person and the secret; one without the other opens nothing."""
    browser = as_person("bob")
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = stored(world, "dana").public_id
    assert not is_signed_in(browser)


def test_a_cookie_that_we_did_not_sign_opens_nothing(app, as_person):
    browser = as_person("bob")
    value = browser.client.get_cookie("zhixing").value
    browser.client.set_cookie("zhixing", value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))
    assert not is_signed_in(browser)


# --- links ----------------------------------------------------------------------------------------


def test_opening_a_link_shows_a_button_and_consumes_nothing(client, world):
    secret = service.make_link(world.people["bob"])
    before = snapshots.tables()
    for method in ("GET", "HEAD", "GET"):
        answer = client.open(f"/link/{secret}", method=method)
        assert answer.status_code == 200
    assert "<button" in answer.get_data(as_text=True)
    assert snapshots.changed(before) == {}
    assert not is_signed_in(client)


def test_the_button_signs_in_once(app, client, world):
    secret = service.make_link(world.people["bob"])
    answer = client.post(f"/link/{secret}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)
    second = Browser(app)
    again = second.post(f"/link/{secret}")
    assert again.status_code == 410
    assert "这个链接已失效" in again.get_data(as_text=True)
    assert not is_signed_in(second)


def test_a_spent_link_says_so_and_shows_the_other_way_in(client, world):
    answer = client.get("/link/made-up")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 410
    assert "这个链接已失效" in page
    assert 'href="/login"' in page


def test_a_link_of_a_demo_person_is_refused_outside_the_demo(client, world):
    stored(world, "bob").is_demo = True
    database.session.commit()
    answer = client.post(f"/link/{service.make_link(world.people['bob'])}")
    assert answer.status_code == 403
    assert "演示账号只存在于演示环境" in answer.get_data(as_text=True)
    assert not is_signed_in(client)


def test_a_link_takes_the_place_of_whoever_was_signed_in(as_person, world):
    browser = as_person("alice")
    browser.post(f"/link/{service.make_link(world.people['bob'])}")
    assert "Bob" in browser.get("/me").get_data(as_text=True)


# --- passwords ------------------------------------------------------------------------------------


def change(browser: Browser, new: str, *, current: str = PASSWORD, again: str | None = None):
    """Send the form that changes one's password."""
    form = {"current": current, "password": new, "again": new if again is None else again}
    return browser.post("/me/password", form)


def test_a_new_password_takes_the_place_of_the_old_one(door):
    browser, type_in = door
    type_in()
    assert change(browser, NEW).status_code == 302
    assert is_signed_in(browser)
    browser.post("/me/sign-out")
    assert type_in().status_code == 422
    assert type_in(NEW).status_code == 302


def test_a_new_password_signs_out_the_other_devices(door, as_person):
    browser, type_in = door
    elsewhere = as_person("bob")
    type_in()
    change(browser, NEW)
    assert is_signed_in(browser)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("短", "太短了"),
        ("1234567", "太短了"),
        ("x" * 129, "太长了"),
        ("12345678", "常见密码"),
        ("PassWord1", "常见密码"),
        ("aaaaaaaaaa", "常见密码"),
        ("my name is bob 1002", "工号或姓名"),
        (PASSWORD, "不同的密码"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(door, new, sentence):
    browser, type_in = door
    type_in()
    before = snapshots.tables()
    answer = change(browser, new)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert snapshots.changed(before) == {}


@pytest.mark.parametrize("new", ["八个汉字也是密码", "correct horse battery", "🔥🔥 火警 119 !"])
def test_any_characters_make_a_password(door, new):
    browser, type_in = door
    type_in()
    assert change(browser, new).status_code == 302


def test_the_old_password_is_asked_for(door):
    browser, type_in = door
    type_in()
    before = snapshots.tables()
    answer = change(browser, NEW, current="not this one")
    assert answer.status_code == 422
    assert "与当前密码不符" in answer.get_data(as_text=True)
    assert snapshots.changed(before) == {}


def test_a_mistyped_repetition_is_noticed(door):
    browser, type_in = door
    type_in()
    assert change(browser, NEW, again=NEW + "x").status_code == 422


def test_a_password_never_comes_back_in_a_page(door):
    browser, type_in = door
    type_in()
    page = change(browser, "12345678", current=PASSWORD).get_data(as_text=True)
    assert PASSWORD not in page
    assert "12345678" not in page


def test_a_printed_password_leads_to_a_new_one_before_anything_else(door, world):
    browser, type_in = door
    bob = stored(world, "bob")
    bob.must_change_password, bob.password_expires_at = True, NOW + timedelta(days=14)
    database.session.commit()
    type_in()
    for path in ("/", "/me", "/team", "/me/points"):
        assert browser.get(path).headers["Location"] == "/me/password"
    assert browser.post("/quizzes/daily").headers["Location"] == "/me/password"
    assert change(browser, NEW).status_code == 302
    assert browser.get("/").status_code == 200
    assert stored(world, "bob").password_expires_at is None


def test_an_expired_printed_password_asks_for_a_new_card(door, world):
    browser, type_in = door
    stored(world, "bob").password_expires_at = NOW
    database.session.commit()
    answer = type_in()
    assert answer.status_code == 422
    assert "补打一张登录卡" in answer.get_data(as_text=True)
    assert not is_signed_in(browser)


def test_a_new_card_ends_the_old_password_and_its_sessions(door, as_person, world):
    browser, type_in = door
    type_in()
    public_id = stored(world, "bob").public_id
    sheet = as_person("dana").post("/admin/people/cards", {"person": public_id, "confirmed": "1"})
    assert sheet.status_code == 200
    assert not is_signed_in(browser)
    assert type_in().status_code == 422
    assert stored(world, "bob").must_change_password


# --- set-up ---------------------------------------------------------------------------------------


FIRST = {
    "organisation": "新集团",
    "name": "陈新",
    "employee_number": "1",
    "password": NEW,
    "again": NEW,
}


@pytest.fixture
def setup(db, frozen) -> str:
    """The address of a set-up link on an empty installation."""
    return f"/setup/{service.make_setup_link()}"


def test_set_up_founds_the_organisation_and_signs_its_administrator_in(client, setup):
    assert client.get(setup).status_code == 200
    answer = client.post(setup, FIRST)
    assert answer.headers["Location"] == "/admin/people"
    assert client.get("/admin/settings").status_code in {200, 302}
    assert database.session.scalars(select(Organisation.name)).all() == ["新集团"]


def test_set_up_works_once(app, client, setup):
    client.post(setup, FIRST)
    before = snapshots.tables()
    other = Browser(app)
    assert other.get(setup).status_code == 410
    assert other.post(setup, {**FIRST, "organisation": "第二家"}).status_code == 410
    assert snapshots.changed(before) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation", ""),
        ("name", ""),
        ("employee_number", " "),
        ("password", "12345678"),
        ("again", "something else"),
    ],
)
def test_set_up_with_something_missing_changes_nothing(client, setup, field, value):
    before = snapshots.tables()
    form = {**FIRST, field: value}
    if field == "password":
        form["again"] = value
    assert client.post(setup, form).status_code == 422
    assert snapshots.changed(before) == {}
    assert client.post(setup, FIRST).status_code == 302


def test_an_installation_that_is_not_set_up_says_so(client, db):
    page = client.get("/login")
    assert page.status_code == 200
    assert 'name="password"' not in page.get_data(as_text=True)
