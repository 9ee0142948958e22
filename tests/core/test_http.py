"""Errors that people can read, and pages for the moments when a store does not answer."""

from __future__ import annotations

import contextlib
import json

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core import redis
from quizapp.core.db import db as database

LANGUAGES = ("zh_CN", "en")
WORDS = {
    404: ("这里没有内容", "There is nothing here"),
    403: ("其他角色", "another role"),
}


def in_language(browser, locale: str):
    """Return ``browser`` after it has chosen a language."""
    browser.post("/locale", {"locale": locale})
    return browser


@pytest.fixture
def without_database(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Take the database away when asked to: nothing listens where it should be."""

    def take_away() -> None:
        database.session.remove()
        gone = sa.create_engine("sqlite:////nowhere/at/all/zhixing.sqlite3")
        monkeypatch.setitem(database.engines, None, gone)

    return take_away


@pytest.fixture
def without_store(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a store in place that nobody runs."""
    elsewhere = Flask("elsewhere")
    elsewhere.config.update(REDIS_URL="redis://127.0.0.1:1", REDIS_PREFIX="test:")
    redis.init_app(elsewhere)
    monkeypatch.setitem(app.extensions, "zhixing_store", elsewhere.extensions["zhixing_store"])


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/admin/people", 403)])
def test_an_error_is_a_page_in_the_language_of_its_reader(as_person, path, status, locale):
    answer = in_language(as_person("bob"), locale).get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert f"ZX-{status}" in page
    chinese, english = WORDS[status]
    assert (english if locale == "en" else chinese) in page
    assert "Traceback" not in page
    assert "Werkzeug" not in page


def test_a_page_that_was_open_for_too_long_says_what_to_do(as_person):
    answer = as_person("bob").open("/me/large", method="POST", data={"large": "1"})
    assert answer.status_code == 400
    assert "没有改动任何内容" in answer.get_data(as_text=True)


@pytest.mark.parametrize("size", [9 * 1024 * 1024])
def test_what_is_too_large_is_refused_before_it_is_read(as_person, size):
    browser = as_person("dana")
    token = browser.csrf_token()
    answer = browser.open(
        "/admin/settings/logo",
        method="POST",
        data=b"x" * size,
        content_type="application/octet-stream",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 413
    assert "ZX-413" in answer.get_data(as_text=True)


def test_a_script_that_is_signed_out_gets_a_status_and_no_other_page(client, as_person):
    answer = client.get("/me", headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401


# --- when a store is gone -------------------------------------------------------------------------


def test_everything_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"database": "ok", "store": "ok"})


def test_without_the_store_people_go_on(client, without_store):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"database": "ok", "store": "ConnectionError"}


def test_without_the_database_nobody_is_sent_here(client, without_database):
    without_database()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "OperationalError"


def test_the_process_lives_without_either(client, without_database, without_store):
    without_database()
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("locale", LANGUAGES)
def test_without_the_database_a_page_says_so(as_person, without_database, locale):
    browser = in_language(as_person("bob"), locale)
    without_database()
    for path in ("/", "/me", "/login", "/team", "/quizzes/AAAAAAAAAAAAAAAA"):
        answer = browser.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "5", path
        assert "ZX-503" in page, path
        assert ("It is not your doing" if locale == "en" else "不是您的操作") in page, path
        assert "nowhere" not in page, path
        assert "Content-Security-Policy" in answer.headers, path


def test_without_the_database_static_files_are_served(client, app, without_database):
    without_database()
    answer = client.get(f"/static/{app.config['ASSET_HASH']}/core/tokens.css")
    assert answer.status_code == 200
    answer.close()


def test_without_the_store_answering_goes_on(as_person, without_store):
    browser = as_person("bob")
    started = browser.post("/quizzes/daily")
    assert started.status_code == 302
    assert browser.get(started.headers["Location"]).status_code == 200


def test_without_the_store_pairing_waits(client, without_store):
    assert client.get("/boards/pair").status_code == 503


# --- the service worker ---------------------------------------------------------------------------


def test_the_service_worker_names_the_files_of_this_version(client, app):
    response = client.get("/sw.js?locale=en")
    assert response.mimetype == "text/javascript"
    assert response.headers["Service-Worker-Allowed"] == "/"
    text = response.get_data(as_text=True)
    shell = json.loads(text.split("const SHELL = ")[1].split(";\n")[0])
    assert shell["offline"] == "/offline?locale=en"
    for address in shell["files"]:
        with contextlib.closing(client.get(address)) as file:
            assert file.status_code == 200, address
    assert app.config["ASSET_HASH"] == shell["version"]


def test_a_language_that_nobody_speaks_is_left_out(client):
    assert "offline?" not in client.get("/sw.js?locale=%22;evil").get_data(as_text=True)


def test_switched_off_the_service_worker_takes_itself_out(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "SERVICE_WORKER", False)
    assert "unregister" in client.get("/sw.js").get_data(as_text=True)
    assert 'data-worker=""' in client.get("/login").get_data(as_text=True)


def test_the_page_for_days_without_a_network_is_nobodys(client):
    page = client.get("/offline?locale=en").get_data(as_text=True)
    assert 'lang="en"' in page
    assert "data-person" not in page
    assert "csrf" not in page.replace('data-csrf="/csrf"', "")
