"""The pre-shift question on a television: nothing cut, told when the team has answered."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from quizapp.quizzes.rules import PRESHIFT_OPTION, PRESHIFT_STEM
from tests.browser.conftest import DESK, PHONE
from tests.browser.journey import fields
from tests.browser.screens import TEAM
from tests.browser.server import ADMIN, DemoServer
from tests.browser.test_tv import FULL_HD, MISFITS, SESSION_COOKIE, SMALL_BOX

LEADER = "100317"
OPTION = "先把设备停稳断电挂牌，再报告班组长并等人来"[:PRESHIFT_OPTION]
LONGEST = {
    "turn": "2026-11-22:A",
    "until": "2036-11-22T13:30:00+08:00",
    "scope": "热处理车间一班",
    "shift": "早班",
    "day": ["11月22日", "周日"],
    "as_of": "2026-11-22T07:52:00+08:00",
    "stem": ("作业中发现直接危及人身安全的紧急情况，从业人员有权怎么做？" * 3)[:PRESHIFT_STEM],
    "options": [[letter, OPTION] for letter in "ABCD"],
    "count": "已有 12 个班组提交",
    "told": None,
    "none": None,
}
TOLD = {
    "right": "C",
    "chosen": "B",
    "why": "发现直接危及人身安全的紧急情况，有权停止作业，或采取应急措施后撤离作业场所。" * 3,
    "source": "《中华人民共和国安全生产法》第五十五条第一款",
}
# Texts of tiles that are higher or wider than their tile.
CUT_TILES = """() => Array.from(document.querySelectorAll(".tile__box")).filter((tile) => {
  const text = tile.querySelector(".tile__text");
  return text.offsetHeight > tile.clientHeight || text.scrollWidth > text.clientWidth + 1;
}).length"""
SMALLEST = """() => Math.min(...Array.from(document.querySelectorAll(".tile__text, #stem, .why p"))
  .filter((one) => one.offsetParent).map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
# Resolves once the page has answered to its new size.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SMALLEST_PX = 0.029  # of the height of the picture


def paired(page: Page) -> Iterator[Page]:
    """Make the browser of a page a television of the demo's workshop, by the role bar."""
    ask = page.context.request
    token = fields(ask.get("/me/consent").text())["csrf_token"]
    assert ask.post("/demo/role", form={"csrf_token": token, "role": "tv"}).ok
    page.context.clear_cookies(name=SESSION_COOKIE)  # a television signs in nobody
    yield page
    for _try in range(5):  # its stream ends before its server does
        with suppress(Error):  # the page may be on its way to another one by itself
            page.goto("about:blank")
            break


@pytest.fixture
def tv(visit, file_demo) -> Iterator[Page]:
    """A television of the server that the tests of this file share."""
    yield from paired(visit(LEADER, size=FULL_HD, server=file_demo))


@pytest.fixture
def own_tv(visit, own_demo) -> Iterator[Page]:
    """A television of a server on which nobody has answered yet."""
    yield from paired(visit(LEADER, size=FULL_HD, server=own_demo))


def show(tv: Page, question: dict[str, Any]) -> None:
    """Let the television show a question instead of its own."""

    def send(route: Route) -> None:
        state = tv.context.request.get("/boards/state").json()
        state["look"]["pages"] = [["preshift", 12]]
        state["question"] = question
        body = f"event: state\ndata: {json.dumps(state)}\n\n"
        route.fulfill(content_type="text/event-stream", body=body)

    tv.route("**/boards/events", send)
    tv.goto("/boards/tv")
    expect(tv.locator("#scope")).to_contain_text(question["scope"])


@pytest.mark.parametrize("told", [None, TOLD], ids=["asked", "told"])
@pytest.mark.parametrize("size", [FULL_HD, DESK, SMALL_BOX], ids=lambda size: str(size["width"]))
def test_the_longest_question_fits_at_every_distance(tv, size, told):
    tv.set_viewport_size(size)
    show(tv, {**LONGEST, "told": told})
    for distance in (4, 6, 8, 10):
        for theme in ("dark", "light"):
            look = f"tv tv--m{distance} {theme}"
            tv.evaluate("(look) => { document.getElementById('tv').className = look; }", look)
            for width in (size["width"] - 2, size["width"]):  # it measures again
                tv.set_viewport_size({**size, "width": width})
                tv.evaluate(DRAWN)
            assert tv.evaluate(MISFITS) == [], look
            assert tv.evaluate(CUT_TILES) == 0, look
            smallest = tv.evaluate(SMALLEST)
            assert smallest >= SMALLEST_PX * size["height"], (look, smallest)


def test_a_wall_without_its_server_keeps_its_question_and_says_from_when(
    tv, watch, visit, file_demo
):
    watch.allow(r"Failed to load resource", r"net::")
    hang_in(visit(ADMIN, size=DESK, server=file_demo), file_demo, TEAM, "preshift")
    tv.goto("/boards/tv")
    expect(tv.locator("#stem")).not_to_be_empty()
    stem = tv.locator("#stem").inner_text()
    file_demo.end(signal.SIGKILL)
    expect(tv.locator("#offline")).to_be_visible(timeout=30_000)
    assert tv.locator("#stem").inner_text() == stem
    assert tv.evaluate(MISFITS) == []


def hang_in(desk: Page, server: DemoServer, team: str, *pages: str, hours: str = "") -> None:
    """Let an administrator hang the newest display in a team and choose what it turns through."""
    # The server's data is a copy: other tests may have left displays of their own in it.
    newest = server.value("SELECT public_id FROM boards_display ORDER BY id DESC LIMIT 1")
    desk.goto(f"/admin/displays?display={newest}")
    desk.locator("details.more summary").click()
    choice = desk.locator("[data-settings] select[name=unit]")
    label = next(word for word in choice.locator("option").all_inner_texts() if team in word)
    choice.select_option(label=label)
    for n in range(1, 7):
        desk.locator(f"select[name=page_{n}]").select_option(dict(enumerate(pages, 1)).get(n, ""))
    if hours:
        desk.locator("input[name=hours]").fill(hours)
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator(".banner--ok")).to_be_visible()


def test_the_leader_answers_and_the_wall_tells(tv, visit, file_demo):
    tv.goto("/boards/tv")
    expect(tv.locator(".board-row").first).to_be_visible()
    hang_in(visit(ADMIN, size=DESK, server=file_demo), file_demo, TEAM, "preshift")
    expect(tv.locator("#page-preshift")).to_be_visible()
    expect(tv.locator("#scope")).to_contain_text(TEAM)
    assert tv.locator(".tile--right").count() == 0
    phone = visit(LEADER, size=PHONE, server=file_demo)
    phone.goto("/quizzes/preshift")
    assert phone.locator(".question").inner_text().replace("\n", "") == tv.locator(
        "#stem"
    ).inner_text().replace("\n", "")
    phone.locator(".option").nth(1).click()
    phone.get_by_role("button", name="替全班提交").click()
    expect(phone.locator("#verdict")).to_be_visible()
    expect(tv.locator(".tile--right")).to_have_count(1)
    expect(tv.locator("#explanation")).not_to_be_empty()
    assert tv.locator(".tile--right .tile__word").inner_text() == "正确答案"
    assert tv.evaluate(MISFITS) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_answer_is_touched_on_the_display(own_tv, visit, own_demo):
    phone = visit(LEADER, size=PHONE, server=own_demo)
    code = re.sub(r"\D", "", code_on(phone))
    own_tv.goto("/boards/preshift/answer")
    assert own_tv.evaluate(MISFITS) == []
    small = own_tv.evaluate(
        "() => Array.from(document.querySelectorAll('.tile__box, .kiosk__btn, .keypad__key'))"
        ".filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 96)"
        ".map((one) => one.className)"
    )
    assert small == [], "20 mm at 1080 lines"
    own_tv.locator(".tile").nth(1).click()
    for digit in code:
        own_tv.locator(f".keypad__key[data-digit='{digit}']").click()
    own_tv.get_by_role("button", name="替全班提交").click()
    own_tv.wait_for_url("**/boards/tv")
    hang_in(visit(ADMIN, size=DESK, server=own_demo), own_demo, "焊装车间", "preshift")
    expect(own_tv.locator("#count")).to_contain_text("已有 1 个班组提交")


def code_on(phone: Page) -> str:
    """Return the code that the leader's phone shows."""
    phone.goto("/quizzes/preshift")
    return phone.locator(".preshift__code b").inner_text()


def test_a_rotating_display_turns_when_its_hour_comes(tv, visit, file_demo):
    desk = visit(ADMIN, size=DESK, server=file_demo)
    tv.goto("/boards/tv")
    expect(tv.locator("#page-board")).to_be_visible()
    hang_in(desk, file_demo, TEAM, "preshift", "board", hours="00:00-23:59")
    expect(tv.locator("#page-preshift")).to_be_visible(timeout=20_000)
    expect(tv.locator("#page-board")).to_be_hidden()


def test_a_week_on_paper_is_two_pages(visit, file_demo, tmp_path):
    page = visit(LEADER, size=DESK, server=file_demo)
    page.goto("/quizzes/preshift")
    page.get_by_role("button", name="打印一周的题").click()
    expect(page.locator(".ask")).to_have_count(7)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 2
