"""Days and times as people read them, and the choice of a language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import g
from flask_babel import gettext, ngettext

from quizapp.accounts.models import Person
from quizapp.core import clock, i18n
from quizapp.core.db import db as database
from tests import snapshots

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # Sunday, 12:00 in Shanghai


@pytest.fixture(params=["zh_CN", "en"])
def language(request, app):
    """A request in each of the two languages, at noon of a Sunday in Shanghai."""
    with app.test_request_context(), clock.frozen(NOON):
        g.locale = request.param
        yield request.param


def in_both(language: str, chinese: str, english: str) -> str:
    """Return what is expected in the language of the request."""
    return chinese if language == "zh_CN" else english


def test_a_day_with_its_weekday(language):
    expected = in_both(language, "11月22日 周日", "Sunday, 22 November")
    assert i18n.format_day(date(2026, 11, 22)) == expected


def test_a_day_of_this_year_and_of_another(language):
    assert i18n.format_short_day(date(2026, 3, 1)) == in_both(language, "3月1日", "1 Mar")
    expected = in_both(language, "2025年12月31日", "31 Dec 2025")
    assert i18n.format_short_day(date(2025, 12, 31)) == expected


def test_the_year_changes_on_the_wall_and_not_in_greenwich(language):
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 00:30 on 1 January in Shanghai
    with clock.frozen(new_year):
        assert i18n.format_short_day(new_year) == in_both(language, "1月1日", "1 Jan")
        expected = in_both(language, "2026年12月31日", "31 Dec 2026")
        assert i18n.format_short_day(date(2026, 12, 31)) == expected


def test_a_moment_belongs_to_the_day_of_the_viewers_wall(language):
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert i18n.format_day(late).startswith(in_both(language, "11月23日", "Monday"))
    g.time_zone = "Europe/Berlin"
    assert i18n.format_day(late).startswith(in_both(language, "11月22日", "Sunday"))


def test_the_time_of_day_is_that_of_the_viewers_wall(language):
    assert i18n.format_clock(NOON) == "12:00"
    g.time_zone = "Asia/Urumqi"
    assert i18n.format_clock(NOON) == "10:00"


def test_when_leaves_out_today(language):
    assert i18n.format_when(NOON) == in_both(language, "今天 12:00", "Today 12:00")
    earlier = datetime(2026, 11, 21, 1, 5, tzinfo=UTC)
    expected = in_both(language, "11月21日 09:05", "21 Nov 09:05")
    assert i18n.format_when(earlier) == expected


def test_words_come_from_the_catalogue_of_the_language(language):
    assert gettext("Sign in") == in_both(language, "登录", "Sign in")
    singular = ngettext("%(num)d team", "%(num)d teams", 1)
    assert singular == in_both(language, "1 个班组", "1 team")
    assert ngettext("%(num)d team", "%(num)d teams", 2) == in_both(language, "2 个班组", "2 teams")


def test_outside_a_request_everything_is_chinese(app):
    with app.app_context():
        assert i18n.chosen_locale() == "zh_CN"
        assert i18n.format_clock(NOON) == "12:00"


# --- choosing -------------------------------------------------------------------------------------


def test_chinese_is_the_default_and_the_page_says_so(client):
    page = client.get("/login", headers={"Accept-Language": "en-US,en"}).get_data(as_text=True)
    assert '<html lang="zh-CN"' in page


def test_a_chosen_language_is_kept_with_the_person_and_in_the_browser(as_person, world):
    browser = as_person("bob")
    assert browser.post("/locale", {"locale": "en", "next": "/me"}).headers["Location"] == "/me"
    assert '<html lang="en"' in browser.get("/me").get_data(as_text=True)
    assert database.session.get_one(Person, world.people["bob"]).locale == "en"
    elsewhere = as_person("bob").get("/me").get_data(as_text=True)
    assert '<html lang="en"' in elsewhere


def test_the_browser_remembers_for_pages_without_a_person(client):
    client.post("/locale", {"locale": "en"})
    assert '<html lang="en"' in client.get("/login").get_data(as_text=True)


@pytest.mark.parametrize("locale", ["fr", "", "zh", "EN", "en'--", "../en", "en\n"])
def test_an_unknown_language_is_refused_and_nothing_changes(as_person, locale):
    browser = as_person("bob")
    before = snapshots.tables()
    answer = browser.post("/locale", {"locale": locale})
    assert answer.status_code == 422
    assert "暂不支持这种语言" in answer.get_data(as_text=True)
    assert "lang=" not in str(answer.headers.getlist("Set-Cookie"))
    assert snapshots.changed(before) == {}


def test_a_forged_cookie_is_no_language(client):
    client.client.set_cookie("lang", "../../etc/passwd")
    assert '<html lang="zh-CN"' in client.get("/login").get_data(as_text=True)
