"""Secrets, passwords, and redirects that stay in the house."""

from __future__ import annotations

import re

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core import security

HOME = "/home"


# --- redirects (assurance, class 18) --------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/me",
        "/me/points?before=12",
        "/quizzes/AbC_-1/3#verdict",
        "/team?bracket=small",
        "/班组",
    ],
)
def test_a_path_of_this_site_is_followed(target):
    assert security.safe_next(target, HOME) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        " ",
        "me",
        "./me",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/me\n",
        "/me\r\nSet-Cookie: a=b",
        "/me\x00",
        "/\x0b/evil.example",
        "/\u2028/evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https://evil.example",
        "HTTPS://evil.example",
        "http:\\\\evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "?next=//evil.example",
        "#//evil.example",
        "/me\\..\\..",
    ],
)
def test_anything_else_leads_home(target):
    assert security.safe_next(target, HOME) == HOME


@given(st.text(alphabet="/\\.:@?#%\t\n\r ev\x00\u2028０／", max_size=12))
def test_no_text_leads_off_the_site(target):
    """Whatever comes back begins with one slash and holds nothing that a browser takes out."""
    found = security.safe_next(target, HOME)
    assert found == HOME or re.fullmatch(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*", found)


@pytest.mark.parametrize("target", ["//evil.example", "/%5Cevil.example", "/%09/evil.example"])
def test_signing_in_follows_no_foreign_address(as_person, target):
    answer = as_person("bob").get(f"/login?next={target}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/locale", "/me/large"])
def test_switches_follow_no_foreign_address(as_person, path):
    form = {"locale": "en", "large": "1", "next": "//evil.example"}
    assert "evil" not in as_person("bob").post(path, form).headers["Location"]


# --- secrets --------------------------------------------------------------------------------------


def test_names_in_addresses_say_nothing():
    names = {security.public_id() for _time in range(500)}
    assert len(names) == 500
    assert all(re.fullmatch(r"[\w-]{16}", name) for name in names)


def test_a_token_has_192_bits():
    assert re.fullmatch(r"[\w-]{32}", security.new_token())


def test_a_fingerprint_recognises_and_does_not_tell():
    secret = security.new_token()
    assert security.fingerprint(secret) == security.fingerprint(secret)
    assert security.fingerprint(secret) != security.fingerprint(secret + "x")
    assert secret not in security.fingerprint(secret)


@pytest.fixture
def context(app: Flask):
    """The application, without a request."""
    with app.app_context():
        yield app


def test_what_was_signed_comes_back_with_its_moment(context):
    value, signed_at = security.unsign("a purpose", security.sign("a purpose", ["x", 1]))
    assert value == ["x", 1]
    assert signed_at.utcoffset() is not None


def test_a_signature_is_good_for_its_purpose_only(context):
    assert security.unsign("another purpose", security.sign("a purpose", 1)) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 40, "\x00"])
def test_what_nobody_signed_is_refused(context, token):
    assert security.unsign("a purpose", token) is None


def test_a_changed_token_is_refused(context):
    token = security.sign("a purpose", 1)
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        # The last character carries bits that nobody reads, so another one may mean the same.
        found = security.unsign("a purpose", changed)
        assert found is None or (place == len(token) - 1 and found[0] == 1)


def test_an_old_token_is_refused(context):
    token = security.sign("a purpose", 1)
    assert security.unsign("a purpose", token, max_age_seconds=-1) is None
    assert security.unsign("a purpose", token, max_age_seconds=60) is not None


def test_a_token_of_another_installation_is_refused(context, monkeypatch):
    token = security.sign("a purpose", 1)
    monkeypatch.setitem(context.config, "SECRET_KEY", "another key")
    assert security.unsign("a purpose", token) is None


# --- passwords ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hashed() -> str:
    """A passphrase, hashed as it is stored."""
    return security.hash_password("明月几时有，把酒问青天 ")


def test_passwords_are_hashed_with_argon2id(hashed):
    parameters = extract_parameters(hashed)
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_a_password_is_taken_exactly_as_it_was_typed(hashed):
    assert security.is_password(hashed, "明月几时有，把酒问青天 ")
    assert not security.is_password(hashed, "明月几时有，把酒问青天")
    assert not security.is_password(hashed, "明月几时有,把酒问青天 ")
    assert not security.is_password(hashed, "")


def test_long_passwords_are_not_cut():
    long = security.hash_password("x" * 128)
    assert not security.is_password(long, "x" * 127)


def test_the_same_password_is_stored_differently_each_time(hashed):
    assert security.hash_password("明月几时有，把酒问青天 ") != hashed


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_what_is_no_hash_fits_no_password(stored):
    assert not security.is_password(stored, "a password that nobody has")


# --- where a request comes from -------------------------------------------------------------------


def address(hops: int, forwarded: str) -> str:
    """Return the address that a request counts as, behind ``hops`` proxies."""
    app = Flask("proxied")
    app.config.update(PROXY_HOPS=hops, SESSION_COOKIE_SECURE=False, SECRET_KEY="x")
    security.init_app(app)
    app.add_url_rule("/", view_func=lambda: security.client_address())
    headers = {"X-Forwarded-For": forwarded}
    return app.test_client().get("/", headers=headers).get_data(as_text=True)


def test_without_a_proxy_nobody_chooses_their_address():
    assert address(0, "10.9.9.9") == "127.0.0.1"


def test_behind_one_proxy_its_own_word_counts():
    assert address(1, "10.9.9.9, 203.0.113.7") == "203.0.113.7"
