"""The outbox of a phone: dead networks, closed tabs, lost acknowledgements, refused storage."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.device import carried, kept, travel_light
from tests.browser.journey import answer, choose, go_on, place_of, sign_in, start_set, submit
from tests.browser.kinds import seat_kinds

BROKEN_ON_PURPOSE = "Failed to load resource"
REFUSE = (
    """Object.defineProperty(window, "indexedDB", { get() { throw new Error("refused"); } });"""
)
NO_ANSWER = """IDBFactory.prototype.open = () => new EventTarget();"""


@pytest.fixture
def number(demo) -> str:
    return demo.somebody()


@pytest.fixture
def page(visit, watch, number) -> Page:
    watch.allow(BROKEN_ON_PURPOSE, "ERR_")
    return visit(number)


def save(page: Page, demo, *, is_right: bool = True) -> list[str]:
    """Answer without a network and go on to the next question."""
    position = place_of(page)[1]
    chosen = choose(page, demo, is_right=is_right)
    page.locator("#submit").click()
    expect(page.locator(f'#quiz[action$="/{position}"]')).to_have_count(0)
    return chosen


def positions(demo, attempt_id: str) -> list[int]:
    return [position for position, *_rest in demo.responses(attempt_id)]


def test_a_set_goes_on_without_a_network_and_every_answer_counts_once(page, demo):
    attempt_id = start_set(page)
    carried(page)
    answer(page, demo)
    choose(page, demo)
    submit(page)
    page.context.set_offline(True)
    page.locator("#next").click()
    for position in (3, 4, 5):
        assert place_of(page) == (attempt_id, position)
        expect(page.locator("#submit")).to_have_text("保存，下一题" if position < 5 else "保存")
        expect(page.locator(".action-bar__hint")).to_have_text("答案和解析联网后显示")
        expect(page.locator(".progress__step--kept")).to_have_count(position - 3)
        save(page, demo)
    expect(page.locator("#all-kept")).to_contain_text("已保存在本机 3 题")
    expect(page.locator("#unsent")).to_contain_text("网络不通，已保存在本机 3 题。")
    assert positions(demo, attempt_id) == [1, 2]
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto("/")
    expect(again.locator(".hero--done")).to_contain_text("已完成")
    expect(again.locator("#unsent")).to_contain_text("已交到服务器 3 题")
    assert demo.responses(attempt_id) == [
        (position, given, True) for position, given, _right in demo.responses(attempt_id)
    ]
    assert positions(demo, attempt_id) == [1, 2, 3, 4, 5]
    assert kept(again) == []
    again.locator("body").click(position={"x": 5, "y": 300})
    expect(again.locator("#unsent")).to_be_hidden()


def test_the_answers_of_a_dead_network_go_out_in_one_letter(page, demo):
    attempt_id = start_set(page)
    carried(page)
    page.context.set_offline(True)
    for _position in (1, 2, 3):
        save(page, demo)
    expect(page.locator("#unsent strong")).to_have_text("网络不通，已保存在本机 3 题。")
    expect(page.locator("#unsent [data-rest]")).to_have_text("恢复后自动提交，可以接着答。")
    with page.expect_request("**/api/v1/answers/batch") as sent:
        page.context.set_offline(False)
    assert len(sent.value.post_data_json["answers"]) == 3
    expect(page.locator("#unsent")).to_contain_text("已交到服务器 3 题")
    assert positions(demo, attempt_id) == [1, 2, 3]
    page.locator("#unsent a").click()
    expect(page.locator("#word")).to_have_text("答对了")


def test_a_network_that_dies_between_two_questions_is_noticed_without_being_told(page, demo):
    attempt_id = start_set(page)
    carried(page)
    choose(page, demo)
    submit(page)
    page.route("**/*", lambda route: route.abort())
    page.locator("#next").click()
    expect(page.locator("#quiz")).to_be_visible()
    assert place_of(page) == (attempt_id, 2)
    expect(page.locator("#submit")).to_have_text("保存，下一题")
    save(page, demo)
    assert place_of(page) == (attempt_id, 3)
    page.unroute_all()
    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("已交到服务器 1 题")
    assert positions(demo, attempt_id) == [1, 2]


def test_of_lost_acknowledgements_every_answer_is_stored_once(page, demo):
    attempt_id = start_set(page)
    dice = random.Random(4)

    def lose_some(route: Route) -> None:
        answered = route.fetch()
        if dice.random() < 0.4:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answered)

    page.route("**/api/v1/answers**", lose_some)
    page.route("**/csrf", lose_some)
    for position in range(1, 6):
        page.goto(f"/quizzes/{attempt_id}/{position}")
        if page.locator("#quiz").count():
            choose(page, demo)
            page.locator("#submit").click()
            expect(page.locator("#verdict, #unsent:not([hidden])").first).to_be_visible()
    for _try in range(20):
        if not kept(page):
            break
        page.context.set_offline(True)
        page.context.set_offline(False)
        page.wait_for_timeout(2500)
    assert kept(page) == []
    assert positions(demo, attempt_id) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("how", [REFUSE, NO_ANSWER], ids=["refused", "silent"])
def test_a_browser_that_refuses_storage_says_so_and_still_sends(page, demo, how):
    page.context.add_init_script(how)
    travel_light(page)
    attempt_id = start_set(page)
    choose(page, demo)
    page.context.set_offline(True)
    page.locator("#submit").click()
    expect(page.locator("#unsent strong")).to_have_text("已答的 1 题只保存在本页。")
    expect(page.locator("#unsent [data-rest]")).to_have_text(
        "浏览器不能保存数据，请先不要关闭本页。"
    )
    page.context.set_offline(False)
    expect(page.locator("#verdict")).to_be_visible()
    assert positions(demo, attempt_id) == [1]


def test_two_tabs_send_what_is_kept_once(page, demo):
    travel_light(page)
    attempt_id = start_set(page)
    other = page.context.new_page()
    other.goto("/me")
    sent: list[str] = []
    page.context.on(
        "request",
        lambda request: sent.append(request.url) if "/api/v1/answers" in request.url else None,
    )
    choose(page, demo)
    page.context.set_offline(True)
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()
    del sent[:]
    page.context.set_offline(False)
    other.goto("/")
    expect(page.locator("#verdict")).to_be_visible(timeout=45_000)
    assert len(sent) == 1
    assert positions(demo, attempt_id) == [1]


def test_signing_out_sends_first_and_forgets_the_carried_set(page, demo):
    attempt_id = start_set(page)
    carried(page)
    choose(page, demo)
    page.route("**/api/v1/answers", lambda route: route.abort())
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()
    page.goto("/me")
    page.unroute_all()
    page.get_by_role("button", name="退出登录", exact=True).click()
    page.wait_for_url("**/login**")
    assert positions(demo, attempt_id) == [1]
    assert kept(page) == []
    assert kept(page, "set:") == []


def test_signing_out_with_unsent_answers_lets_the_person_choose(page, demo, number):
    attempt_id = start_set(page)
    choose(page, demo)
    page.route("**/api/v1/answers**", lambda route: route.abort())
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()
    page.goto("/me")
    page.get_by_role("button", name="退出登录", exact=True).click()
    notice = page.locator("#unsent-leaving")
    expect(notice).to_contain_text("还有 1 题没有交到服务器。")
    notice.get_by_role("button", name="先不退出").click()
    expect(notice).to_be_hidden()
    page.get_by_role("button", name="退出登录", exact=True).click()
    notice.get_by_role("button", name="退出，留在本机").click()
    page.wait_for_url("**/login**")
    assert len(kept(page)) == 1
    page.unroute_all()
    sign_in(page.context, demo, number)
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("已答 1 题")
    assert positions(demo, attempt_id) == [1]


def test_another_person_on_the_device_neither_sends_nor_sees(page, demo, number):
    attempt_id = start_set(page)
    carried(page)
    choose(page, demo)
    page.context.set_offline(True)
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()
    page.goto("about:blank")
    page.context.set_offline(False)
    sign_in(page.context, demo, demo.somebody())
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("约 3 分钟")
    expect(page.locator("#unsent")).to_be_hidden()
    page.wait_for_timeout(300)
    assert kept(page, "set:") == []
    assert len(kept(page)) == 1
    assert positions(demo, attempt_id) == []
    sign_in(page.context, demo, number)
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("已答 1 题")
    assert positions(demo, attempt_id) == [1]


def test_a_reload_keeps_the_order_and_what_is_chosen(visit, demo):
    number = demo.somebody()
    attempt_id = seat_kinds(demo, number, ["multiple", "cloze", "matching", "ordering"])
    page = visit(number)
    for position in (1, 2, 3, 4):
        page.goto(f"/quizzes/{attempt_id}/{position}")
        choose(page, demo)
        fields = """() => Array.from(new FormData(document.getElementById("quiz")))
            .filter(([name]) => name.startsWith("option"))"""
        rows = page.locator(".option__text, .pair__left, .order__text")
        order = rows.all_inner_texts()
        before = page.evaluate(fields)
        page.reload()
        page.wait_for_load_state("load")
        page.wait_for_timeout(100)
        assert page.evaluate(fields) == before, position
        assert rows.all_inner_texts() == order


def test_records_of_the_first_version_are_sent(page, demo):
    attempt_id = start_set(page)
    action = page.locator("#quiz").get_attribute("action")
    chosen = choose(page, demo)
    body = page.evaluate(
        """() => new URLSearchParams(new FormData(document.getElementById("quiz"))).toString()"""
    )
    person = page.locator("body").get_attribute("data-person")
    uuid = page.locator('[name="submission_uuid"]').input_value()
    page.evaluate(
        "(records) => localStorage.setItem('zhixing:unsent', JSON.stringify(records))",
        [{"url": action, "body": body, "uuid": uuid, "person": person}],
    )
    page.goto("/")
    expect(page.locator(".hero")).to_contain_text("已答 1 题")
    assert [given for _position, given, _right in demo.responses(attempt_id)] == [chosen]
    assert page.evaluate("localStorage.getItem('zhixing:unsent')") is None


def test_a_painted_verdict_reads_like_the_page_of_the_server(visit, demo):
    number = demo.somebody()
    attempt_id = seat_kinds(demo, number, ["single", "multiple", "true_false"])
    page = visit(number)
    for position, is_right in ((1, False), (2, True), (3, False)):
        page.goto(f"/quizzes/{attempt_id}/{position}")
        page.wait_for_timeout(1200)
        choose(page, demo, is_right=is_right)
        submit(page)
        painted = page.locator("#taken").inner_text()
        page.reload()
        assert page.locator("#taken").inner_text() == painted, position


def workers(context: BrowserContext) -> int:
    return len(context.service_workers)


def test_a_phone_opens_without_a_network_and_goes_on(visit, watch, demo):
    watch.allow(BROKEN_ON_PURPOSE, "ERR_")
    page = visit(demo.somebody(), service_workers="allow")
    attempt_id = start_set(page)
    carried(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert workers(page.context) == 1
    page.context.set_offline(True)
    page.goto("/")
    expect(page.locator("h1")).to_have_text("网络不通")
    page.get_by_role("button", name="继续答题").click()
    expect(page.locator("#submit")).to_have_text("保存，下一题")
    assert place_of(page) == (attempt_id, 1)
    save(page, demo)
    expect(page.locator("#unsent")).to_contain_text("已保存在本机 1 题")
    assert place_of(page) == (attempt_id, 2)
    page.reload()
    expect(page.locator("#kept")).to_have_text("已保存在本机 1 题。")
    page.get_by_role("button", name="继续答题").click()
    assert place_of(page) == (attempt_id, 2)
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("已交到服务器 1 题")
    assert positions(demo, attempt_id) == [1]


def test_the_worker_keeps_files_and_one_page_of_nobody(visit, demo):
    page = visit(demo.somebody(), service_workers="allow")
    start_set(page)
    choose(page, demo)
    submit(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    go_on(page)
    kept_urls = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            for (const one of await (await caches.open(name)).keys()) found.push(one.url);
          }
          return found;
        }"""
    )
    paths = sorted(url.split("/", 3)[3] for url in kept_urls)
    pages = [path for path in paths if not path.startswith("static/")]
    assert pages == ["offline?locale=zh_CN"]
    text = page.evaluate(
        "fetch('/offline?locale=zh_CN', {credentials: 'omit'}).then((r) => r.text())"
    )
    assert "data-person" not in text
    assert not re.search(r'name="option', text)
