"""Dead networks, lost answers, closed pages, killed servers: nothing lost, nothing twice."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from quizapp.accounts import service as accounts
from quizapp.core.checks import all_invariants
from tests.browser.device import kept, travel_light
from tests.browser.journey import answer, choose, place_of, sign_in, start_set, submit
from tests.browser.server import DemoServer
from tests.savepoints import forget_processes

KEPT_ONE = "已保存在本机 1 题"
BROKEN_ON_PURPOSE = "Failed to load resource"


@pytest.fixture
def number(demo) -> str:
    return demo.somebody()


@pytest.fixture
def page(visit, watch, number) -> Page:
    watch.allow(BROKEN_ON_PURPOSE)
    opened = visit(number)
    travel_light(opened)
    return opened


def unsent(page: Page) -> list[dict[str, Any]]:
    """Return the answers that this browser keeps."""
    return kept(page, "answer:")


def posts(page: Page) -> list[Request]:
    """Return a list that grows with every answer the page sends."""
    sent: list[Request] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request)

    page.on("request", note)
    return sent


def uuid_of(request: Request) -> str:
    return str(request.post_data_json["uuid"])


def fail_answers(page: Page, how: Callable[[Route], None]) -> None:
    """Let every answer the page sends meet ``how``; everything else goes through."""
    page.route("**/api/v1/answers**", how)


def come_back(page: Page) -> None:
    """Lose the network for a moment: browsers tell the page when it is there again."""
    page.context.set_offline(True)
    page.context.set_offline(False)


def test_a_double_tap_sends_one_answer(page, demo):
    attempt_id = start_set(page)
    sent = posts(page)
    chosen = choose(page, demo)
    page.locator("#submit").dblclick()
    expect(page.locator("#verdict")).to_be_visible()
    assert len(sent) == 1
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_of_two_tabs_the_first_answer_counts_and_both_show_it(page, demo):
    attempt_id = start_set(page)
    other = page.context.new_page()
    other.goto(page.url)
    chosen = choose(page, demo, is_right=False)
    choose(other, demo, is_right=True)
    submit(page)
    submit(other)
    for tab in (page, other):
        expect(tab.locator("#word")).to_have_text("差一点")
    [(position, given, is_right)] = demo.responses(attempt_id)
    assert (position, is_right) == (1, False)
    assert set(chosen) <= set(given)  # a case sends the parts that were left alone too


def test_an_answer_without_a_network_waits_on_the_device_and_is_sent_once(page, demo):
    attempt_id = start_set(page)
    chosen = choose(page, demo)
    page.context.set_offline(True)
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_contain_text(KEPT_ONE)
    expect(page.locator("#submit")).to_have_text("等待网络恢复")
    assert demo.responses(attempt_id) == []
    page.context.set_offline(False)
    expect(page.locator("#word")).to_have_text("答对了")
    expect(page.locator("#unsent")).to_be_hidden()
    assert unsent(page) == []
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_a_lost_confirmation_is_asked_for_again_with_the_same_uuid(page, demo):
    attempt_id = start_set(page)
    sent = posts(page)
    chosen = choose(page, demo, is_right=False)

    def lose_the_response(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    fail_answers(page, lose_the_response)
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_contain_text(KEPT_ONE)
    assert demo.responses(attempt_id) == [(1, chosen, False)], "it had arrived"
    page.unroute("**/api/v1/answers**")
    come_back(page)
    expect(page.locator("#word")).to_have_text("差一点")
    assert len(sent) == 2
    assert uuid_of(sent[0]) == uuid_of(sent[1])
    assert demo.responses(attempt_id) == [(1, chosen, False)]
    assert unsent(page) == []


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_unwell_server_does_not_lose_an_answer(page, demo, status):
    attempt_id = start_set(page)
    chosen = choose(page, demo)
    fail_answers(page, lambda route: route.fulfill(status=status, body="<h1>oops</h1>"))
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_contain_text(KEPT_ONE)
    assert len(unsent(page)) == 1
    page.unroute("**/api/v1/answers**")
    come_back(page)
    expect(page.locator("#word")).to_have_text("答对了")
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_a_gateway_that_answers_in_our_place_does_not_lose_an_answer(page, demo):
    attempt_id = start_set(page)
    choose(page, demo)
    fail_answers(page, lambda route: route.fulfill(status=404, body="please pay for the network"))
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_contain_text(KEPT_ONE)
    page.unroute("**/api/v1/answers**")
    come_back(page)
    expect(page.locator("#verdict")).to_be_visible()
    assert len(demo.responses(attempt_id)) == 1


def test_an_answer_kept_on_a_closed_page_is_sent_from_the_next_one(page, demo):
    attempt_id = start_set(page)
    chosen = choose(page, demo)
    fail_answers(page, lambda route: route.abort())
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_contain_text(KEPT_ONE)
    page.close()
    again = page.context.new_page()
    again.goto("/")
    expect(again.locator(".hero")).to_contain_text("已答 1 题")
    expect(again.locator("#unsent")).to_contain_text("已交到服务器 1 题")
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_a_reload_in_the_middle_goes_on_where_it_was(page, demo):
    attempt_id = start_set(page)
    answer(page, demo)
    answer(page, demo)
    page.reload()
    assert place_of(page) == (attempt_id, 3)
    choose(page, demo)
    submit(page)
    page.reload()
    expect(page.locator("#verdict")).to_be_visible()
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("已答 3 题")
    page.get_by_role("link", name="继续答题").click()
    assert place_of(page) == (attempt_id, 4)


def test_an_expired_session_keeps_the_answer_until_the_person_is_back(page, demo, number):
    attempt_id = start_set(page)
    chosen = choose(page, demo)
    person_id = demo.value("SELECT id FROM accounts_person WHERE number_key = ?", number)
    with demo.console():
        accounts.sign_out_everywhere(person_id)
    page.locator("#submit").click()
    banner = page.locator("#unsent")
    expect(banner).to_contain_text("登录已失效，" + KEPT_ONE)
    banner.get_by_role("link", name="登录后提交").click()
    page.wait_for_url(re.compile(r"/login\?next="))
    sign_in(page.context, demo, number)
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("已答 1 题")
    assert unsent(page) == []
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_an_answer_counts_for_whom_it_was_tapped_when_somebody_else_signs_in(page, demo, number):
    attempt_id = start_set(page)
    chosen = choose(page, demo)
    sign_in(page.context, demo, demo.somebody())
    submit(page)  # the page that is still open is the first person's, and so is its ticket
    assert demo.responses(attempt_id) == [(1, chosen, True)]
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("约 3 分钟")
    sign_in(page.context, demo, number)
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("已答 1 题")


def broken_invariants(server: DemoServer) -> list[str]:
    """Return what ``flask verify`` would complain about."""
    forget_processes()  # another database of this run may use the same ids
    with server.console():
        return [line for known in all_invariants() for line in known.check()]


def test_a_killed_server_loses_nothing_that_it_confirmed(visit, watch, own_demo):
    watch.allow(BROKEN_ON_PURPOSE)
    page = visit(own_demo.somebody(), server=own_demo)
    travel_light(page)
    attempt_id = start_set(page)
    answer(page, own_demo)
    answer(page, own_demo)
    choose(page, own_demo)
    own_demo.end(signal.SIGKILL)
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_contain_text(KEPT_ONE)
    assert len(own_demo.responses(attempt_id)) == 2
    own_demo.start()
    come_back(page)
    expect(page.locator("#word")).to_have_text("答对了")
    page.locator("#next").click()
    for _question in (4, 5):
        page.locator("#quiz").wait_for()
        answer(page, own_demo)
    expect(page.locator(".dial--lg")).to_contain_text("5")
    assert [position for position, *_rest in own_demo.responses(attempt_id)] == [1, 2, 3, 4, 5]
    assert broken_invariants(own_demo) == []
