"""A timed quiz: a calm clock, answers that change until they are handed in, and its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from quizapp.core.db import db
from quizapp.quizzes.models import Attempt, Form
from quizapp.quizzes.models import QuizBlueprint as Quiz
from tests.browser.device import carried
from tests.browser.journey import choose, option, place_of
from tests.browser.kinds import seat_kinds
from tests.browser.server import DemoServer
from tests.factories import published as quizzes

KINDS = ("single", "multiple", "true_false")


def seat_exam(server: DemoServer, number: str, seconds: float) -> str:
    """Put an exam before a person that has this long to go, and return its id."""
    attempt_id = seat_kinds(server, number, KINDS)
    with server.console():
        attempt = db.session.query(Attempt).filter_by(public_id=attempt_id).one()
        form = db.session.get(Form, attempt.form_id)
        owner = db.session.get(Quiz, attempt.blueprint_id)
        public_id = quizzes.publish(
            owner.organisation_id,
            f"动火作业考试 {attempt_id}",
            mode="exam",
            limit_seconds=1800,
            tells_during="",
        )
        exam = db.session.query(Quiz).filter_by(public_id=public_id).one()
        attempt.blueprint_id = form.blueprint_id = exam.id
        attempt.mode, attempt.is_timed = "exam", True
        attempt.deadline_at = datetime.now(UTC) + timedelta(seconds=seconds)
        attempt.grace_seconds = 60
        db.session.commit()
    return attempt_id


@pytest.fixture
def open_exam(visit, demo):
    """Open the first question of an exam."""

    def opened(seconds: float, **options) -> tuple[Page, str]:
        number = demo.somebody()
        attempt_id = seat_exam(demo, number, seconds)
        page = visit(number, **options)
        page.goto(f"/quizzes/{attempt_id}/1")
        return page, attempt_id

    return opened


def test_the_clock_speaks_by_the_minute_and_may_be_hidden(open_exam):
    page, _attempt_id = open_exam(1500)
    clock = page.locator("#timer")
    expect(clock).to_contain_text("交卷时间")
    expect(clock.locator('[data-part="words"]')).to_have_text("还剩约 25 分钟")
    clock.get_by_role("button", name="隐藏计时").click()
    expect(clock.locator('[data-part="bar"]')).to_be_hidden()
    page.reload()
    expect(clock.locator('[data-part="bar"]')).to_be_hidden()
    clock.get_by_role("button", name="显示计时").click()
    expect(clock.locator('[data-part="bar"]')).to_be_visible()


def test_five_minutes_and_one_minute_before_the_end_are_said_also_when_it_is_hidden(open_exam):
    page, _attempt_id = open_exam(302)
    page.get_by_role("button", name="隐藏计时").click()
    notice = page.get_by_role("status").filter(has_text="还剩 5 分钟")
    expect(notice).to_be_visible()


def test_without_a_script_the_time_to_hand_in_is_text(open_exam):
    page, _attempt_id = open_exam(1500, java_script_enabled=False)
    expect(page.locator("#timer")).to_contain_text("交卷时间")
    expect(page.locator('#timer [data-part="bar"]')).to_be_hidden()


def test_an_answer_of_an_exam_goes_on_and_may_be_changed(open_exam, demo):
    page, attempt_id = open_exam(1500)
    first = choose(page, demo)
    page.locator("#submit").click()
    page.wait_for_url("**/2")
    page.goto(f"/quizzes/{attempt_id}/1")
    expect(page.locator(f'#options [value="{first[0]}"]')).to_be_checked()
    other = next(o.id for o in demo.item_at(attempt_id, 1).options if o.id != first[0])
    option(page, other).click()
    page.locator("#submit").click()
    page.wait_for_url("**/2")
    assert [given for _position, given, _is_right in demo.responses(attempt_id)] == [[other]]


def test_an_exam_goes_on_without_a_network(open_exam, demo, watch):
    watch.allow("Failed to load resource", "ERR_")
    page, attempt_id = open_exam(1500)
    carried(page)
    page.context.set_offline(True)
    first: list[str] = []
    for position in (1, 2, 3):
        assert place_of(page) == (attempt_id, position)
        chosen = choose(page, demo)
        if position == 2:
            page.get_by_role("link", name="上一题").click()
            expect(page.locator("#options input:checked")).to_have_attribute("value", first[0])
            page.get_by_role("link", name="下一题").click()
            expect(page.locator(f'#options [value="{chosen[0]}"]')).to_be_checked()
        first = chosen
        page.locator("#submit").click()
        expect(page.locator(f'#quiz[action$="/{position}"]')).to_have_count(0)
    expect(page.locator("#all-kept")).to_contain_text("已保存在本机 3 题")
    page.context.set_offline(False)
    page.wait_for_url("**/check")
    assert [position for position, *_rest in demo.responses(attempt_id)] == [1, 2, 3]


def test_at_the_end_of_the_time_what_is_chosen_is_handed_in(open_exam, demo):
    page, attempt_id = open_exam(6)
    expect(page.locator('[data-part="words"]')).to_have_text("还剩 4 秒")
    chosen = choose(page, demo)
    page.wait_for_url(f"**/result/{attempt_id}", timeout=15_000)
    [(position, given, _is_right)] = demo.responses(attempt_id)
    assert (position, given) == (1, chosen)


def test_time_that_is_given_back_moves_the_clock(open_exam, demo, watch):
    watch.allow("ERR_FAILED")
    page, attempt_id = open_exam(200)
    expect(page.locator('[data-part="words"]')).to_have_text("还剩约 4 分钟")
    carried(page)
    with demo.console():
        attempt = db.session.query(Attempt).filter_by(public_id=attempt_id).one()
        attempt.deadline_at = attempt.deadline_at + timedelta(seconds=600)
        db.session.commit()
    page.route("**/quizzes/*/2", lambda route: route.abort())
    choose(page, demo)
    page.locator("#submit").click()
    expect(page.locator('[data-part="words"]')).to_have_text("还剩约 14 分钟")
