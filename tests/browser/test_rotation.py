"""A wall turns through its pages for weeks: nothing cut, nothing empty, nothing that grows."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from quizapp.boards import rules
from tests.browser.conftest import DESK
from tests.browser.journey import fields
from tests.browser.server import ADMIN, DemoServer
from tests.browser.test_tv import FULL_HD, MISFITS, SMALL_BOX

DAY_MS = 24 * 3600 * 1000
MOST_GROWTH = 10_000_000  # bytes of heap in a day
SMALLEST_SHARE = 0.6  # of the size that a text has where it is short
# An EventSource that speaks by the page's own clock, which the test turns: a beat every ten
# seconds, a new board every minute, a new document every hour, a broken line three times a day.
FAKE_STREAM = """(() => {
  window.EventSource = class {
    constructor() {
      this.heard = {};
      this.beats = 0;
      this.timer = setInterval(() => this.beat(), 10000);
      window.streams = (window.streams || 0) + 1;
    }
    addEventListener(kind, act) { (this.heard[kind] = this.heard[kind] || []).push(act); }
    say(kind, value) {
      for (const act of this.heard[kind] || []) act({ data: JSON.stringify(value) });
    }
    beat() {
      this.beats += 1;
      window.beats = (window.beats || 0) + 1;
      const text = document.getElementById("document").textContent;
      const state = JSON.parse(text);
      state.board.rows.forEach((row, n) => { row[3] = 900 - n + (this.beats % 50); });
      if (this.beats % 2880 === 0 && this.onerror) { this.onerror(); return; }
      const look = JSON.parse(document.getElementById("look").textContent);
      look.now = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 19) + "+08:00";
      if (this.beats % 360 === 0) this.say("state", Object.assign({ look }, state));
      else if (this.beats % 6 === 0) this.say("board", state.board);
      else this.say("ping", {});
    }
    close() { clearInterval(this.timer); }
  };
})();"""
ONE = "长"
FULL = {
    "citations": [
        [
            ONE * 12,
            ONE * 16,
            "带出三名持证焊工，整理焊接缺陷图册四十六页，再写"[:28].ljust(28, ONE),
            ONE * 14,
        ]
    ]
    * 6,
    "event": {
        "at": "2036-11-28T19:00:00+08:00",
        "day": "11月28日 周六 19:00",
        "title": ONE * rules.TITLE[rules.EVENT],
        "place": ONE * rules.FACT,
        "host": ONE * rules.FACT,
        "seats": ONE * rules.FACT,
        "note": ONE * rules.TEXT[rules.EVENT],
        "join": "11月26日前报名",
        "link": "/tasks",
    },
    "countdowns": [[ONE * rules.TITLE[rules.COUNTDOWN], "2036-12-01"]],
    "notices": [[ONE * rules.TITLE[rules.NOTICE], ONE * rules.TEXT[rules.NOTICE]]],
}
# How much a page was shrunk so that all of it shows.
SHARE = """() => Math.min(...Array.from(document.querySelectorAll("main > section"))
  .filter((one) => one.offsetParent)
  .map((one) => Number(one.style.getPropertyValue("--k")) || 1))"""
CUT_ROWS = """() => Array.from(document.querySelectorAll(".honour, .event, .notice-page"))
  .filter((one) => one.offsetParent && one.scrollHeight > one.clientHeight + 2).length"""


@pytest.fixture
def tv(visit, file_demo) -> Iterator[Page]:
    """A television of the demo's workshop, with a clock that a test may turn."""
    page = pair(visit("100317", size=FULL_HD, server=file_demo))
    yield page
    with suppress(Error):  # its stream ends before its server does
        page.goto("about:blank")


def pair(page: Page) -> Page:
    """Make the browser of a page a wall display of the demo."""
    ask = page.context.request
    token = fields(ask.get("/me/consent").text())["csrf_token"]
    assert ask.post("/demo/role", form={"csrf_token": token, "role": "tv"}).ok
    return page


def show(tv: Page, state: dict[str, Any]) -> None:
    """Let the television begin with a document of the test, and without a stream."""
    tv.add_init_script(FAKE_STREAM)
    tv.route("**/boards/state", lambda route: route.fulfill(json=state))
    page = tv.context.request.get("/boards/tv").text()
    before, _open, rest = page.partition('<script type="application/json" id="look">')
    _look, _mid, rest = rest.partition("</script>")
    middle, _open, rest = rest.partition('id="document">')
    _document, _close, after = rest.partition("</script>")

    parts = {name: state[name] for name in ("board", "news", "question")}
    html = (
        f'{before}<script type="application/json" id="look">{json.dumps(state["look"])}</script>'
        f'{middle}id="document">{json.dumps(parts)}</script>{after}'
    )
    tv.route("**/boards/tv", lambda route: route.fulfill(body=html, content_type="text/html"))
    tv.goto("/boards/tv")
    expect(tv.locator("#foot")).to_be_attached()


def state_of(tv: Page, *pages: str) -> dict[str, Any]:
    """Return what the television is sent, with other pages in turn."""
    state: dict[str, Any] = tv.context.request.get("/boards/state").json()
    if pages:
        state["look"]["pages"] = [[page, 12] for page in pages]
    return state


def test_the_demo_turns_through_its_pages_and_names_only_who_agreed(tv):
    tv.clock.install()
    tv.add_init_script(FAKE_STREAM)
    tv.goto("/boards/tv")
    expect(tv.locator("#page-board")).to_be_visible()
    seen = []
    for _turn in range(tv.locator("#pages i").count()):
        seen.append(tv.locator("main > section:visible").get_attribute("id"))
        assert tv.evaluate(MISFITS) == []
        if seen[-1] == "page-honours":
            assert tv.locator(".honour__name").all_inner_texts() == ["焊装一班", "周建国"]
            expect(tv.locator("#foot")).to_have_text("姓名均经本人同意展示，随时可撤下")
        tv.clock.run_for(12_100)
    assert seen == ["page-board", "page-honours", "page-event", "page-countdown", "page-notices"]


@pytest.mark.parametrize("distance", rules.DISTANCES)
@pytest.mark.parametrize("page", ["honours", "event", "countdown", "notices"])
def test_the_longest_texts_fit_at_every_distance(tv, page, distance):
    state = state_of(tv, page)
    state["look"]["distance_m"] = distance
    state["news"] = {**state["news"], **copy.deepcopy(FULL)}
    show(tv, state)
    for theme, size in (("dark", FULL_HD), ("light", SMALL_BOX)):
        tv.evaluate(
            "(theme) => document.getElementById('tv').classList.replace('dark', theme)", theme
        )
        tv.set_viewport_size(size)
        tv.wait_for_timeout(150)
        expect(tv.locator(f"#page-{page}")).to_be_visible()
        assert tv.evaluate(MISFITS) == []
        assert tv.evaluate(CUT_ROWS) == 0
        share = tv.evaluate(SHARE)
        assert share >= SMALLEST_SHARE, share


def test_pages_with_nothing_are_skipped(tv):
    state = state_of(tv, "honours", "event", "notices", "countdown")
    state["news"] |= {
        "citations": [],
        "event": None,
        "countdowns": [],
        "notices": [["停电", "明早"]],
    }
    show(tv, state)
    expect(tv.locator("#page-notices")).to_be_visible()
    expect(tv.locator("#pages")).to_be_hidden()


def test_a_wall_with_nothing_at_all_says_what_will_be_there(tv):
    state = state_of(tv, "honours")
    state["news"]["citations"] = []
    state["board"] |= {"rows": [], "own": []}
    show(tv, state)
    expect(tv.locator("#empty")).to_be_visible()


def test_the_light_profile_shows_stars_and_thresholds_and_no_ranks(tv):
    state = state_of(tv, "board")
    rows = [[0, f"焊装{n}班", None, n % 4, int(n == 2)] for n in "12345678" for n in [int(n)]]
    state["board"] |= {
        "profile": "light",
        "title": "班组之星",
        "scope": "11 月",
        "teams": "按名称排列",
        "thresholds": [600, 750, 900],
        "note": "榜单已定格，待揭晓",
        "rows": rows,
        "own": [[0, "焊装2班", None, 2, None, None]],
    }
    show(tv, state)
    assert tv.locator(".rank, .score, .move").count() == 0
    assert tv.locator(".board-row").first.locator(".stars svg").count() == 1
    expect(tv.locator("#goal")).to_contain_text("600、750、900 分")
    expect(tv.locator("#foot")).to_have_text("榜单已定格，待揭晓")
    assert tv.evaluate(MISFITS) == []


def test_after_the_shift_the_wall_is_dark_but_for_a_clock(tv):
    tv.clock.install()
    state = state_of(tv, "board")
    minutes = tv.evaluate("new Date(Date.now() + 8 * 3600000).toISOString().slice(11, 16)")
    now = int(minutes[:2]) * 60 + int(minutes[3:])
    state["look"]["awake"] = [(now + 60) % 1440, (now + 120) % 1440]
    show(tv, state)
    expect(tv.locator("#sleep-clock")).to_be_visible()
    assert not tv.locator("#board").is_visible()
    before = tv.locator("#sleep-clock").bounding_box()
    tv.clock.run_for(65_000)
    assert tv.locator("#sleep-clock").bounding_box() != before
    tv.clock.run_for(3_600_000)
    expect(tv.locator("#page-board")).to_be_visible()


def test_a_display_is_found_by_its_flash_and_looked_at_from_the_desk(tv, visit, file_demo):
    tv.goto("/boards/tv")
    expect(tv.locator("#page-board")).to_be_visible()
    desk = visit(ADMIN, size=DESK, server=file_demo)
    desk.goto(f"/admin/displays?display={newest(file_demo)}")
    expect(desk.frame_locator(".wall__screen").locator("#board")).to_be_visible()
    desk.keyboard.press("f")
    expect(tv.locator("#flash-name")).to_be_visible()
    expect(tv.locator("#flash")).to_be_hidden(timeout=15_000)
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-settings] select").first).to_be_focused()


def newest(server: DemoServer) -> str:
    """Return the public id of the display that was hung last."""
    return str(server.value("SELECT public_id FROM boards_display ORDER BY id DESC LIMIT 1"))


def test_a_withdrawn_name_leaves_the_wall_within_seconds(tv, visit, file_demo):
    state = state_of(tv)
    assert "周建国" in [one[0] for one in state["news"]["citations"]]
    tv.goto("/boards/tv")
    phone = visit("100317", server=file_demo)
    phone.goto("/boards/citations")
    with tv.expect_event("console", timeout=3000) as said:
        tv.evaluate(
            """() => {
              const isNamed = (state) => state.news.citations.some((one) => one[0] === "周建国");
              const look = async () => {
                const answer = await fetch("/boards/state");
                if (isNamed(await answer.json())) setTimeout(look, 100);
                else console.log("gone");
              };
              look();
            }"""
        )
        phone.get_by_role("button", name="撤下").click()
    assert said.value.text == "gone"


def test_a_day_on_the_wall_does_not_fill_the_memory(tv):
    """The page's own clock is turned through a day: every tick, turn, message and reconnection."""
    tv.clock.install()
    show(tv, state_of(tv))
    session = tv.context.new_cdp_session(tv)

    def heap() -> float:
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"])

    tv.clock.run_for(3_600_000)
    before, beats = heap(), tv.evaluate("window.beats")
    for _part in range(24):
        tv.clock.run_for(DAY_MS // 24)
    grown = heap() - before
    print(f"\n{grown / 1e6:.2f} MB in a day, {tv.evaluate('window.beats') - beats} messages")
    assert tv.evaluate("window.beats") - beats > 8000
    assert tv.evaluate("window.streams") >= 3, "it opened its stream again after it broke"
    assert tv.locator("main > section:visible").count() == 1
    assert grown < MOST_GROWTH
