"""A television: paired by a code, following the teams, on its own through every interruption."""

from __future__ import annotations

import re
import signal
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.journey import choose, fields, open_everything, post_answer, read, submit
from tests.browser.screens import WELDERS, label_of
from tests.browser.server import ADMIN, DemoServer

FULL_HD, SMALL_BOX = {"width": 1920, "height": 1080}, {"width": 960, "height": 540}
SESSION_COOKIE = "zhixing"
ROWS_AT = {4: 12, 6: 8, 8: 6, 10: 5}
FOLLOWS_WITHIN_MS = 2000
SEES_THE_SILENCE_WITHIN_MS = 25_000
RECOVERS_WITHIN_SECONDS = 15

# The display that was hung last shows its board and nothing else.
BOARD_ONLY = """UPDATE boards_display SET pages = 'board:12'
  WHERE id = (SELECT max(id) FROM boards_display) RETURNING id"""
WATCH_SCORE = """(team) => {
  const score = () => {
    const rows = Array.from(document.querySelectorAll(".board-row"));
    const row = rows.find((one) => one.textContent.includes(team));
    return row && row.querySelector(".score").textContent;
  };
  const before = score();
  window.changedAt = new Promise((tell) => new MutationObserver(() => {
    if (score() && score() !== before) tell({ at: Date.now(), before, after: score() });
  }).observe(document.body, { childList: true, subtree: true, characterData: true }));
}"""
# What does not fit: the page itself, and every text that is wider or higher than its box shows.
MISFITS = """() => {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) found.push("the page");
  for (const one of document.querySelectorAll(".tv *")) {
    if (!one.offsetParent || !one.textContent.trim()) continue;
    const name = one.className || one.id || one.tagName;
    const box = one.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) found.push("outside: " + name);
    const isHiding = getComputedStyle(one).overflowX === "hidden";
    if (isHiding && one.scrollWidth > one.clientWidth + 1) found.push("cut: " + name);
  }
  return found;
}"""


@pytest.fixture
def hang(visit, demo):
    """Return the television of a workshop: ``hang("焊装车间")``; paired by the demo's role bar."""

    def open_board(workshop: str, *, server: DemoServer = demo) -> Page:
        tv = visit(server.member_of(workshop), size=FULL_HD, server=server)
        ask = tv.context.request
        token = fields(ask.get("/me/consent").text())["csrf_token"]
        assert ask.post("/demo/role", form={"csrf_token": token, "role": "tv"}).ok
        server.value(BOARD_ONLY)
        tv.context.clear_cookies(name=SESSION_COOKIE)  # a television signs in nobody
        tv.goto("/boards/pair")
        tv.wait_for_url("**/boards/tv")
        expect(tv.locator(".board-row").first).to_be_visible()
        return tv

    return open_board


@pytest.fixture
def desk(visit) -> Page:
    """The page on which an administrator looks after the displays; the first one is chosen."""
    page = visit(ADMIN, size=DESK)
    page.goto("/admin/displays")
    return page


def choose_display(desk: Page, server: DemoServer) -> None:
    """Open the display that was hung last on the administrator's desk."""
    newest = server.value("SELECT public_id FROM boards_display ORDER BY id DESC LIMIT 1")
    desk.goto(f"/admin/displays?display={newest}")
    desk.locator("[data-settings]").wait_for()


def change(desk: Page, tv: Page, *, distance: int, theme: str) -> None:
    """Change the look of the chosen display; its television shows it by itself."""
    desk.locator("[data-settings] summary").click()
    form = desk.locator("[data-settings] form")
    form.locator("[name=distance_m]").select_option(str(distance))
    form.locator("[name=theme]").select_option(theme)
    form.get_by_role("button", name="保存").click()
    tv.locator(f"main.tv--m{distance}.{theme} .board-row").first.wait_for()


def test_a_code_turns_the_page_into_the_board_of_the_workshop(visit, desk):
    tv = visit(size=FULL_HD)
    tv.goto("/boards/pair")
    code = "".join(tv.locator(".code span").all_inner_texts())
    desk.goto("/admin/displays?add=1")
    form = desk.locator("form", has=desk.locator("[name=code]"))
    form.locator("[name=code]").fill(f"{code[:3]} {code[3:]}".lower())
    form.locator("[name=unit]").select_option(label=label_of(desk, "焊装车间"))
    form.locator("[name=name]").fill("焊装车间，东门")
    form.get_by_role("button", name="配对").click()
    expect(desk.get_by_text("已配对，电视会自动切换到班组榜。")).to_be_visible()
    tv.wait_for_url("**/boards/tv")
    expect(tv.locator("#title")).to_contain_text("班组榜")
    expect(tv.locator("#board")).to_contain_text("焊装三班")
    expect(tv.locator(".board-row--own").first).to_contain_text("本车间")
    expect(tv.locator("#clock")).to_contain_text(re.compile(r"数据时间 \d\d:\d\d"))


def test_a_wrong_code_says_so_and_pairs_nothing(desk, demo, watch):
    watch.allow("status of 422")
    desk.goto("/admin/displays?add=1")
    before = demo.value("SELECT count(*) FROM boards_display")
    desk.locator("[name=code]").fill("AAA AAA")
    desk.get_by_role("button", name="配对").click()
    expect(desk.get_by_role("alert")).to_contain_text("配对码不对或已过期")
    assert demo.value("SELECT count(*) FROM boards_display") == before


def test_the_board_follows_a_finished_set_within_two_seconds(visit, demo, hang):
    tv = hang("焊装车间")
    number = demo.somebody(*WELDERS)
    phone = visit(number)
    attempt_id, forms, shown_at = open_everything(phone.context)
    phone.goto(f"/quizzes/{attempt_id}/5")
    choose(phone, demo)
    read(phone, shown_at)
    for position in range(1, 5):
        post_answer(phone.context, demo, attempt_id, position, forms[position])
    tv.evaluate(WATCH_SCORE, demo.team_of(number))
    with phone.expect_request(lambda request: request.method == "POST") as finishing:
        submit(phone)
    changed = tv.evaluate("window.changedAt")
    took = changed["at"] - finishing.value.timing["startTime"]
    print(f"\n{took:.0f} ms from the finishing POST to the television: {changed}")
    assert took <= FOLLOWS_WITHIN_MS
    assert int(changed["after"]) > int(changed["before"])


def test_a_reload_keeps_the_board(hang):
    tv = hang("焊装车间")
    rows = tv.locator(".board-row").count()
    tv.reload()
    expect(tv.locator(".board-row")).to_have_count(rows)


def test_a_restarted_server_is_found_again_and_the_board_never_empties(hang, watch, own_demo):
    watch.allow("Failed to load resource")
    tv = hang("焊装车间", server=own_demo)
    rows = tv.locator(".board-row")
    shown = rows.count()
    own_demo.end(signal.SIGKILL)
    expect(tv.locator("#offline")).to_be_visible(timeout=SEES_THE_SILENCE_WITHIN_MS)
    expect(tv.locator("#stale")).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(rows.first).to_be_visible()
    assert tv.evaluate(MISFITS) == []
    own_demo.start()
    began = monotonic()
    expect(tv.locator("#offline")).to_be_hidden(timeout=RECOVERS_WITHIN_SECONDS * 1000)
    print(f"\n{monotonic() - began:.1f} s until the television was back")
    assert rows.count() == shown


def test_an_unpaired_television_goes_back_to_a_new_code(hang, desk, demo):
    tv = hang("焊装车间")
    choose_display(desk, demo)
    desk.get_by_role("button", name="解除配对").click()
    tv.wait_for_url("**/boards/pair")
    expect(tv.locator(".code span")).to_have_count(6)
    tv.reload()
    expect(tv.locator(".code span")).to_have_count(6)
    tv.goto("/boards/tv")
    assert tv.url.endswith("/boards/pair")


def test_the_role_bar_shows_the_television_at_once(visit, demo):
    page = visit(demo.somebody(), size=FULL_HD)
    page.goto("/")
    page.get_by_role("button", name="大屏").click()
    page.wait_for_url("**/boards/tv")
    expect(page.locator(".board-row").first).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_distance_fills_the_screen_and_nothing_is_cut(hang, desk, demo, theme):
    tv = hang("热处理车间")
    choose_display(desk, demo)
    for distance, rows in ROWS_AT.items():
        change(desk, tv, distance=distance, theme=theme)
        for size in (FULL_HD, SMALL_BOX):
            tv.set_viewport_size(size)
            assert tv.locator(".board-row").count() == rows
            assert tv.evaluate(MISFITS) == [], (distance, size)


def test_the_pairing_page_fits_every_television(visit):
    tv = visit(size=FULL_HD)
    tv.goto("/boards/pair")
    assert tv.evaluate(MISFITS) == []
    tv.set_viewport_size(SMALL_BOX)
    assert tv.evaluate(MISFITS) == []
