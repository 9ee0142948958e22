"""Today, the finish page, Me and the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.home import service
from quizapp.items.service import get_stored
from quizapp.leaderboards import service as leaderboards
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes
from tests.conftest import NOW
from tests.factories import marking, people
from tests.question_bank.samples import ITEMS
from tests.quizzes.test_service import answer_all, key_of, submit


@pytest.fixture
def bob(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def season(world):
    """A season that began in November."""
    return points.set_season(
        None,
        world.organisation,
        name="11 月",
        starts_on=NOW.date().replace(day=1),
        ends_on=NOW.date().replace(day=30),
    )


def finished(db, bob, right=4):
    """Take today's set and return its public id."""
    attempt_id = quizzes.start_daily(bob)
    answer_all(db, bob, attempt_id, right=right)
    return attempt_id


def test_a_new_day_offers_five_questions(as_person):
    page = as_person("bob").get("/").text
    assert "今日 5 题" in page
    assert "开始答题" in page


def test_a_company_without_questions_is_told_so(as_person):
    assert "开始答题" not in as_person("charlie").get("/").text


def test_a_begun_set_goes_on(db, bob, as_person):
    attempt_id = quizzes.start_daily(bob)
    submit(bob, attempt_id, 1, key_of(db, attempt_id, 1))
    page = as_person("bob").get("/").text
    assert f"/quizzes/{attempt_id}" in page


def test_a_done_set_shows_its_result(db, bob, as_person):
    attempt_id = finished(db, bob)
    assert f"/result/{attempt_id}" in as_person("bob").get("/").text


def test_yesterdays_open_set_is_still_offered(db, bob, as_person):
    attempt_id = quizzes.start_daily(bob)
    with clock.frozen(NOW + timedelta(days=1)):
        assert attempt_id in as_person("bob").get("/").text
    with clock.frozen(NOW + timedelta(days=4)):
        assert attempt_id not in as_person("bob").get("/").text


def test_before_six_in_the_morning_the_next_set_comes_the_same_day(bob):
    with clock.frozen(NOW.replace(hour=18)):  # 02:00 in Shanghai
        assert service.get_today(bob).is_after_midnight
    assert not service.get_today(bob).is_after_midnight


def test_the_finish_page_gives_points_line_by_line(db, bob, season):
    result = service.get_result(bob, finished(db, bob))
    assert [(line.amount, line.reason) for line in result.lines] == [(4, None), (1, None)]
    assert (result.day_total, result.day_limit) == (5, 12)
    assert result.correct == 4
    assert len(result.topics) == 1


def test_the_finish_page_shows_what_the_set_did_for_the_team(db, bob, season):
    attempt_id = finished(db, bob)
    assert service.get_result(bob, attempt_id).team.is_pending
    with clock.frozen(NOW + timedelta(seconds=1)):
        leaderboards.tick()
    effect = service.get_effect(bob, attempt_id)
    assert not effect.is_pending
    assert effect.after > effect.before


def test_without_consent_the_finish_page_counts_no_points(db, world, as_person):
    db.session.get_one(Person, world.people["bob"]).consent = "declined"
    db.session.commit()
    bob = people.viewer(world.people["bob"])
    result = service.get_result(bob, finished(db, bob))
    assert result.is_quiet
    assert result.lines == []


def test_somebody_elses_result_does_not_exist(db, bob, as_person):
    attempt_id = finished(db, bob)
    for name in ("alice", "dana", "charlie"):
        assert as_person(name).get(f"/result/{attempt_id}").status_code == 404
        assert as_person(name).get(f"/result/{attempt_id}/team").status_code == 404


def test_an_open_set_has_no_result_yet(db, bob, as_person):
    attempt_id = quizzes.start_daily(bob)
    assert f"/quizzes/{attempt_id}" in as_person("bob").get(f"/result/{attempt_id}").location


def test_me_shows_ones_own_numbers(db, bob, season, as_person):
    finished(db, bob)
    me = service.get_me(bob)
    assert (me.season_points, me.active_weeks, me.answered_correct) == (5, 1, 4)
    assert [entry.amount for entry in me.entries] == [1, 4]
    assert "焊装车间" in as_person("bob").get("/me").text


@pytest.mark.parametrize("before", ["", "x", "-1", "99999999999999999999"])
def test_a_nonsense_page_of_the_ledger_is_no_error(as_person, before):
    assert as_person("bob").get(f"/me/points?before={before}").status_code == 200


def test_large_print_and_english_are_kept_with_the_person(as_person, world, db):
    browser = as_person("bob")
    browser.post("/me/large", {"large": "1"})
    browser.post("/locale", {"locale": "en"})
    page = browser.get("/").text
    assert 'lang="en"' in page
    assert "large" in page.split(">")[1]
    assert "5 questions" in page


def test_an_unknown_language_is_refused_and_nothing_changes(as_person, world, db):
    browser = as_person("bob")
    assert browser.post("/locale", {"locale": "tlh"}).status_code == 422
    assert 'lang="zh-CN"' in browser.get("/").text


def test_an_exam_tells_its_score_when_it_may_and_not_before(world, as_person):
    bob = as_person("bob")
    silent = marking.exam(world, (ITEMS["single"],), tells_after="")
    given = [sorted(get_stored(silent.versions[0]).item.key_ids)]
    page = bob.get(f"/result/{marking.sat(world.people['bob'], silent, given)}")
    text = page.get_data(as_text=True)
    assert "作答结果暂未公布" in text
    assert "得分率" not in text
    told = marking.exam(world)
    waiting = marking.sat(world.people["bob"], told, marking.answers(told, "甲。"))
    text = bob.get(f"/result/{waiting}").get_data(as_text=True)
    assert "还有简答题在评阅" in text
    assert "得分率" not in text
    assert "d-miss" not in text  # what nobody has marked is not wrong
    marking.mark_next(marking.marker(world, "阅卷"), told, 1, 1)
    marking.settle()
    text = bob.get(f"/result/{waiting}").get_data(as_text=True)
    assert "得分率 83.3%" in text
    assert "合格" in text
    assert f"/quizzes/{waiting}/marks" in text
