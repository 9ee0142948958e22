"""The pages around a quiz: before it, through it, the last look, what it came to, and the past."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.quizzes import service
from quizapp.quizzes.models import Accommodation, Attempt, Credit, Outage
from tests.conftest import NOW
from tests.factories import people, season
from tests.factories import published as quizzes

EVERYTHING = "explanation,key,source,verdict"


@pytest.fixture
def bob(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def browser(as_person):
    """Bob's browser."""
    return as_person("bob")


@pytest.fixture
def exam(world):
    """An exam of ten questions in 60 minutes, once, told after closing; its public id."""
    return quizzes.publish(
        world.organisation,
        "十一月考试",
        mode="exam",
        limit_seconds=3600,
        attempts_allowed=1,
        cut_score=0.8,
        tells_closed=EVERYTHING,
        closes_at=NOW + timedelta(days=2),
    )


def attempt_of(attempt_id):
    return database.session.query(Attempt).filter_by(public_id=attempt_id).one()


# ---- before a quiz --------------------------------------------------------------------------


def test_the_page_before_an_exam_says_what_it_is(browser, exam):
    page = browser.get(f"/quizzes/quiz/{exam}").text
    for words in (
        "十一月考试",
        "共 10 题",
        "您有 60 分钟",
        "还有 1 次",
        "80 %",
        "暂不公布",
        "不计积分",
    ):
        assert words in page
    assert page.count("btn--primary") == 1


def test_more_time_is_said_as_time_and_nothing_else(browser, exam, world):
    database.session.add(Accommodation(person_id=world.people["bob"], factor=1.5))
    database.session.commit()
    page = browser.get(f"/quizzes/quiz/{exam}").text
    assert "您有 90 分钟" in page
    assert "1.5" not in page


def test_who_needs_no_clock_is_shown_none(browser, exam, world):
    database.session.add(Accommodation(person_id=world.people["bob"], factor=0.0))
    database.session.commit()
    assert "分钟</dd>" not in browser.get(f"/quizzes/quiz/{exam}").text


def test_it_begins_and_goes_on(browser, exam):
    started = browser.post(f"/quizzes/quiz/{exam}/start")
    assert started.status_code == 303
    page = browser.get(f"/quizzes/quiz/{exam}").text
    assert "继续" in page
    assert browser.post(f"/quizzes/quiz/{exam}/start").location == started.location


def test_not_yet_closed_and_used_up_are_said_kindly(browser, bob, world, exam):
    early = quizzes.publish(world.organisation, "以后", opens_at=NOW + timedelta(days=1))
    over = quizzes.publish(world.organisation, "过去", closes_at=NOW - timedelta(days=1))
    service.hand_in(bob, service.start(bob, exam))
    for quiz_id, words in ((early, "开放"), (over, "已关闭"), (exam, "只答一次")):
        page = browser.get(f"/quizzes/quiz/{quiz_id}").text
        assert words in page
        assert "btn--primary" not in page
        assert browser.post(f"/quizzes/quiz/{quiz_id}/start").status_code == 409


def test_a_quiz_for_others_is_not_there(browser, as_person, world, exam):
    other = quizzes.publish(world.organisation, "别的车间", for_units=(world.other_team,))
    assert browser.get(f"/quizzes/quiz/{other}").status_code == 404
    assert browser.post(f"/quizzes/quiz/{other}/start").status_code == 404
    assert as_person("charlie").get(f"/quizzes/quiz/{exam}").status_code == 404


def test_a_weekly_quiz_tells_what_passing_earns(browser, world):
    weekly = quizzes.publish(
        world.organisation, "周测", mode="weekly", cut_score=0.6, tells_after=EVERYTHING
    )
    page = browser.get(f"/quizzes/quiz/{weekly}").text
    assert "首次通过得 5 分" in page
    assert "对错、答案、解析和出处" in page


def test_passing_is_not_told_before_its_time(browser, bob, world):
    silent = quizzes.publish(
        world.organisation,
        "静考",
        mode="exam",
        cut_score=0.5,
        tells_closed=EVERYTHING,
        closes_at=NOW + timedelta(days=2),
    )
    quizzes.finish(bob.id, silent, is_passed=True)
    offer = service.get_quiz(bob, silent)
    assert (offer.attempts, offer.is_passed, offer.best) == (1, False, None)
    assert "已通过" not in browser.get(f"/quizzes/quiz/{silent}").text


# ---- through it -----------------------------------------------------------------------------


def test_a_question_of_an_exam_has_its_overview_and_its_mark(browser, bob, exam):
    attempt_id = service.start(bob, exam)
    page = browser.get(f"/quizzes/{attempt_id}/2").text
    for words in ("题目一览", "标记", "上一题", "下一题", "保存，下一题"):
        assert words in page
    browser.post(f"/quizzes/{attempt_id}/2/flag", {"set": "1"})
    assert 'aria-pressed="true"' in browser.get(f"/quizzes/{attempt_id}/2").text


def test_a_daily_question_has_none_of_it(browser, bob):
    page = browser.get(f"/quizzes/{service.start_daily(bob)}").text
    assert "exam-nav" not in page


def test_a_challenge_can_be_ended(browser, bob):
    attempt_id = service.start_challenge(bob)
    season.answer(bob, attempt_id, 1)
    page = browser.get(f"/quizzes/{attempt_id}").text
    assert "就到这里" in page
    assert "已连对 1 题" in page


def test_the_last_look_counts_what_is_left_out_and_what_is_marked(browser, bob, exam):
    attempt_id = service.start(bob, exam)
    season.answer(bob, attempt_id, 1)
    service.set_flag(bob, attempt_id, 3, is_set=True)
    page = browser.get(f"/quizzes/{attempt_id}/check").text
    assert "9 题" in page
    assert "标记了 1 题" in page
    assert page.count("grid-list__item--done") == 1
    assert page.count("btn--primary") == 1


def test_time_that_came_back_is_shown(browser, bob, exam):
    attempt = attempt_of(service.start(bob, exam))
    outage = Outage(began_at=clock.now() - timedelta(minutes=9), ended_at=clock.now())
    database.session.add(outage)
    database.session.flush()
    database.session.add(Credit(outage_id=outage.id, attempt_id=attempt.id, seconds=350))
    attempt.credited_seconds = 350
    database.session.commit()
    assert "系统中断 6 分钟，已补回" in browser.get(f"/quizzes/{attempt.public_id}/check").text


# ---- results --------------------------------------------------------------------------------


def taken(viewer, attempt_id, *, right):
    """Answer a set: the first ones rightly, the others wrongly; hand it in; return its page."""
    for position in range(1, service.get_attempt(viewer, attempt_id).length + 1):
        wrong = () if position <= right else season.wrong_options(attempt_id, position)
        season.answer(viewer, attempt_id, position, wrong)
    service.hand_in(viewer, attempt_id)
    return f"/result/{attempt_id}"


def test_an_exam_says_when_its_result_is_told(browser, bob, exam):
    attempt_id = service.start(bob, exam)
    season.answer(bob, attempt_id, 1)
    service.hand_in(bob, attempt_id)
    page = browser.get(f"/result/{attempt_id}").text
    assert "已交卷" in page
    assert "在这里公布" in page
    assert "答对" not in page


def test_a_weekly_quiz_that_is_not_passed_asks_for_another_go(browser, bob, world):
    weekly = quizzes.publish(
        world.organisation,
        "周测",
        mode="weekly",
        cut_score=0.8,
        attempts_allowed=2,
        tells_after=EVERYTHING,
    )
    page = browser.get(taken(bob, service.start(bob, weekly), right=6)).text
    assert "差一点，再来一次" in page
    assert f"/quizzes/quiz/{weekly}" in page
    assert page.count("btn--primary") == 1
    page = browser.get(taken(bob, service.start(bob, weekly), right=4)).text
    assert "2 次中最好：60%" in page
    assert f"/quizzes/quiz/{weekly}" not in page


def test_a_daily_set_offers_another_one_without_points(browser, bob):
    page = browser.get(taken(bob, service.start_daily(bob), right=4)).text
    assert "再来一组" in page
    assert "天后温习，也可以现在看" in page or "带解析" in page
    assert browser.post("/quizzes/practice").status_code == 302


def test_a_challenge_counts_its_row_and_ones_own_bests(browser, bob):
    attempt_id = service.start_challenge(bob)
    for position in (1, 2, 3):
        season.answer(bob, attempt_id, position)
    service.hand_in(bob, attempt_id)
    page = browser.get(f"/result/{attempt_id}").text
    assert "3<small>题连对" in page
    assert "这是您目前最好的一次" in page
    shorter = service.start_challenge(bob)
    season.answer(bob, shorter, 1)
    service.hand_in(bob, shorter)
    page = browser.get(f"/result/{shorter}").text
    assert "1<small>题连对" in page
    assert page.count('stat__num">3<') == 2


# ---- the past -------------------------------------------------------------------------------


def test_past_sets_are_listed_and_filtered(browser, bob, exam):
    season.finished_set(bob)
    service.hand_in(bob, service.start(bob, exam))
    page = browser.get("/quizzes/past").text
    assert "结果暂未公布" in page
    assert "答对 5 / 5" in page
    page = browser.get("/quizzes/past?mode=exam").text
    assert "十一月考试" in page
    assert "答对 5 / 5" not in page


def test_the_past_costs_the_same_however_long_it_is(browser, bob, count_statements):
    season.finished_set(bob)
    browser.get("/quizzes/past")
    with count_statements() as few:
        browser.get("/quizzes/past")
    for _round in range(5):
        service.hand_in(bob, service.start_challenge(bob))
    with count_statements() as many:
        browser.get("/quizzes/past")
    assert len(few) == len(many)


def test_somebody_elses_past_is_not_there(as_person, bob):
    season.finished_set(bob)
    assert "答对" not in as_person("alice").get("/quizzes/past").text


# ---- where they are found -------------------------------------------------------------------


def test_today_names_quizzes_that_can_be_begun_and_what_is_begun(browser, bob, world, exam):
    for number in range(4):
        quizzes.publish(world.organisation, f"专题{number}", closes_at=NOW + timedelta(days=3))
    page = browser.get("/").text
    assert "正在开放的测验" in page
    assert page.count("/quizzes/quiz/") == 3
    attempt_id = service.start(bob, exam)
    page = browser.get("/").text
    assert "继续：十一月考试" in page
    assert f"/quizzes/{attempt_id}" in page
    assert f"/quizzes/quiz/{exam}" not in page


def test_learning_offers_challenge_and_practice(browser):
    page = browser.get("/mastery").text
    assert "看看能连对几题" in page
    assert "5 道新题" in page
