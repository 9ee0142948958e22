"""The whole set as plain HTML forms: what an old or locked browser still can do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journey import choose, fields, go_on, place_of, start_set, submit


@pytest.fixture
def page(visit, demo) -> Page:
    return visit(demo.somebody(), java_script_enabled=False)


def test_a_set_is_a_row_of_plain_forms(page, demo):
    attempt_id = start_set(page)
    for position in range(1, 6):
        assert place_of(page) == (attempt_id, position)
        choose(page, demo, is_right=position != 3)
        verdict = submit(page)
        assert page.url.endswith(f"/{position}#verdict")
        expect(verdict.locator("#word")).to_have_text("答对了" if position != 3 else "差一点")
        expect(verdict.locator("#why")).not_to_be_empty()
        go_on(page)
    assert page.url.endswith(f"/result/{attempt_id}")
    expect(page.locator(".dial--lg")).to_contain_text("4")
    assert len(demo.responses(attempt_id)) == 5


def test_submitting_nothing_says_what_to_do(page, demo, watch):
    watch.allow("status of 422")
    attempt_id = start_set(page)
    page.locator("#submit").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("请(选择一个选项，|作答后)再提交。"))
    assert demo.responses(attempt_id) == []
    choose(page, demo)
    submit(page)


def test_a_reload_shows_the_verdict_again_and_sends_nothing_twice(page, demo):
    attempt_id = start_set(page)
    choose(page, demo)
    submit(page)
    kept = demo.responses(attempt_id)
    page.reload()
    expect(page.locator("#verdict")).to_be_visible()
    assert demo.responses(attempt_id) == kept
    assert len(kept) == 1


def test_the_back_button_leads_to_the_verdict_and_not_to_a_second_try(page, demo):
    attempt_id = start_set(page)
    choose(page, demo, is_right=False)
    submit(page)
    go_on(page)
    assert place_of(page) == (attempt_id, 2)
    page.go_back()
    expect(page.locator("#word")).to_have_text("差一点")
    expect(page.locator("#quiz")).to_have_count(0)
    page.go_back()
    expect(page.locator("#quiz")).to_have_count(1)
    assert place_of(page) == (attempt_id, 2), "going on leads to the first open question"
    assert len(demo.responses(attempt_id)) == 1


def test_a_double_click_keeps_one_answer(page, demo):
    attempt_id = start_set(page)
    chosen = choose(page, demo)
    page.locator("#submit").dblclick()
    expect(page.locator("#word")).to_have_text("答对了")
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_the_same_form_sent_twice_gets_the_same_verdict_and_keeps_one_answer(page, demo):
    attempt_id = start_set(page)
    chosen = choose(page, demo, is_right=False)
    form = fields(page.content())
    submit(page)
    again = page.context.request.post(
        f"/quizzes/{attempt_id}/1", form={**form, "option": chosen[0]}
    )
    assert "差一点" in again.text()
    assert demo.responses(attempt_id) == [(1, chosen, False)]
    kept_uuid = demo.value(
        """SELECT r.submission_uuid FROM quizzes_response r
        JOIN quizzes_attempt a ON a.id = r.attempt_id WHERE a.public_id = ?""",
        attempt_id,
    )
    assert kept_uuid == form["submission_uuid"]
