"""The assembly desk in a browser: figures that follow the keys, a conflict solved by one click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.server import DemoServer
from tests.browser.test_bank import violations

ORGANISER = "100045"
DRAFT = "新员工入厂考核（草稿）"


@pytest.fixture
def desk(own_demo: DemoServer, visit) -> Page:
    """The organiser's list of quizzes, in a demo world of its own."""
    page = visit(ORGANISER, size=DESK, server=own_demo)
    page.goto("/quizzes/desk")
    return page


def live(page: Page, name: str):
    return page.locator(f'[data-live="{name}"]')


def test_a_draft_with_a_conflict_is_published(desk: Page):
    desk.get_by_role("link", name=DRAFT).click()
    expect(live(desk, "block")).to_have_text("补齐 2 题后可发布")
    desk.locator('[name="row-4-count"]').fill("9")
    expect(live(desk, "block")).to_have_text("补齐 9 题后可发布")
    expect(live(desk, "saved")).to_contain_text("已保存")
    desk.locator('[name="row-4-easy"]').fill("10")
    expect(live(desk, "error-4")).to_contain_text("合计 10 题")
    expect(live(desk, "saved")).to_contain_text("未保存")
    expect(live(desk, "publish").get_by_role("button")).to_be_disabled()
    desk.locator('[name="row-4-easy"]').fill("")
    expect(live(desk, "error-4")).to_be_empty()
    desk.get_by_role("button", name="改为单选").click()
    expect(live(desk, "block")).to_have_text("")
    desk.locator('[name="row-1-count"]').focus()
    desk.keyboard.press("Control+d")
    expect(desk.locator("[data-row]")).to_have_count(6)
    expect(desk.locator('[name="row-2-topic"]')).to_be_focused()
    title = live(desk, "sample").get_by_role("heading")
    expect(title).to_contain_text("样卷 1")
    desk.locator("h1").click()
    desk.keyboard.press("r")
    expect(title).to_contain_text("样卷 2")
    live(desk, "publish").get_by_role("button").click()
    expect(desk.get_by_text("规则自此固定")).to_be_visible()
    expect(desk.locator('[name="row-0-count"]')).to_be_disabled()


def test_every_page_of_the_desk_is_accessible(desk: Page):
    first = desk.get_by_role("link", name=DRAFT).get_attribute("href")
    for path in (
        "/quizzes/desk",
        "/quizzes/desk/new",
        "/quizzes/desk/time",
        *(f"{first}{page}" for page in ("", "/settings", "/audience", "/paper")),
    ):
        desk.goto(path)
        assert violations(desk) == [], path
        for size in (DESK, PHONE):
            desk.set_viewport_size(size)
            assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"], path
