"""The main journey: from the printed link to 完成, and what it may cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from question_bank.examples import right_values
from question_bank.items import Case, Choosable, Item, Ordering
from tests.browser.conftest import PATIENCE_MS, PHONE, Watch
from tests.browser.journey import READING_SECONDS, fill, option, place_of, read, submit
from tests.browser.server import EMPLOYEE, DemoServer

COUNT_TAPS = """addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.setItem("taps", 1 + Number(sessionStorage.getItem("taps")));
}, true);"""


@dataclass
class Journey:
    """What was seen on the way."""

    page: Page
    watch: Watch
    seconds: float = 0.0
    taps: int = 0
    first_page: str = ""
    moved: list[bool] = field(default_factory=list)  # whether a verdict changed the address
    focused: list[str] = field(default_factory=list)  # what had the focus at each verdict
    attempt_id: str = ""


@pytest.fixture(scope="module")
def journey(browser: Browser, demo: DemoServer) -> Iterator[Journey]:
    """One employee's first day, from the link that the server printed."""
    context = browser.new_context(
        base_url=demo.address, viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(COUNT_TAPS)
    seen = Journey(context.new_page(), Watch())
    seen.watch.follow(context, demo.address)
    begun_at = monotonic()
    take_part(seen, demo)
    seen.seconds = monotonic() - begun_at
    seen.taps = int(seen.page.evaluate("sessionStorage.getItem('taps')"))
    yield seen
    context.close()


def take_part(seen: Journey, demo: DemoServer) -> None:
    page = seen.page
    page.goto(demo.link)
    page.get_by_role("button", name="登录").tap()
    page.wait_for_url(re.compile("/me/|/$"))
    seen.first_page = page.url
    page.get_by_role("button", name="同意").tap()
    page.get_by_role("button", name="开始").tap()
    for position in range(1, 6):
        page.locator("#quiz").wait_for()
        shown_at = monotonic()
        seen.attempt_id, shown = place_of(page)
        assert shown == position
        tap_something(page, demo.item_at(seen.attempt_id, position))
        read(page, shown_at)
        address = page.url
        submit(page)
        seen.moved.append(page.url != address)
        seen.focused.append(page.evaluate("document.activeElement.id"))
        page.locator("#next").tap()
    expect(page.get_by_role("link", name="完成")).to_be_visible()


def tap_something(page: Page, item: Item) -> None:
    """Answer in as few taps as the kind allows: an order is an answer as it stands."""
    if isinstance(item, Choosable):
        option(page, right_values(item)[0]).tap()
    elif isinstance(item, Case):
        fill(page, item, [value for value in right_values(item) if value.startswith("1/")])
    elif not isinstance(item, Ordering):
        fill(page, item, right_values(item))


def points_on(page: Page) -> list[int]:
    """Return the numbers of the lines of points, the total last."""
    return [int(text.replace("−", "-")) for text in page.locator(".row__num").all_inner_texts()]


def test_the_notice_about_points_comes_before_everything(journey):
    assert journey.first_page.endswith("/me/consent")


def test_the_daily_set_takes_at_most_twenty_taps(journey):
    print(f"\n{journey.taps} taps from the printed link to 完成")
    assert journey.taps <= 20


def test_the_daily_set_takes_less_than_a_minute_beside_the_reading(journey):
    spent = journey.seconds - 5 * READING_SECONDS
    print(f"\n{journey.seconds:.1f} s from the printed link to 完成, {spent:.1f} s without reading")
    assert spent < 60


def test_a_verdict_appears_in_its_place_and_takes_the_focus(journey):
    assert journey.moved == [False] * 5
    assert journey.focused == ["word"] * 5


def test_the_finish_page_adds_up_and_agrees_with_the_ledger(journey, demo):
    *lines, total = points_on(journey.page)
    earned = demo.value(
        """SELECT sum(amount) FROM points_entry e JOIN accounts_person p
        ON e.beneficiary = 'u:' || p.id WHERE p.employee_number = ?""",
        EMPLOYEE,
    )
    assert len(lines) == 2
    assert sum(lines) == total == earned
    assert total >= 1, "a set that was read earns at least its point for finishing"


def test_the_team_line_settles_by_itself(journey):
    line = journey.page.locator("#team-effect")
    expect(line).not_to_have_attribute("data-url", re.compile("."), timeout=8000)
    expect(line).to_contain_text("焊装三班")


def test_nothing_complains_and_nothing_leaves_the_server(journey):
    assert journey.watch.complaints == []
    assert journey.watch.strangers == []


def test_tomorrow_is_announced_when_today_is_done(journey):
    journey.page.get_by_role("link", name="完成").tap()
    expect(journey.page.locator(".hero--done")).to_contain_text("今日 5 题，已完成")
    expect(journey.page.get_by_role("button", name="开始")).to_have_count(0)
