"""The authoring desk in a browser: a question by keys alone, many at once, two people at once."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.server import DemoServer
from tests.browser.test_accessibility import AXE

AUTHOR = "100021"
STEM = "叉车司机发现货物挡住视线，应当怎样行驶？"
TEXTS = ("倒车行驶并有人指挥", "加快速度通过", "鸣笛后照常前进", "把货物升高再走")
EXPLANATION = (
    "货物挡住视线时看不清前方的人和物，倒车行驶并由人指挥，才能看清路面，避免碰撞和挤压事故。"
)


@pytest.fixture
def desk(own_demo: DemoServer, visit) -> Page:
    """The author's list of the bank, in a demo world of its own."""
    page = visit(AUTHOR, size=DESK, server=own_demo)
    page.goto("/items")
    return page


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def type_question(page: Page, stem: str) -> int:
    """Write a single choice by keys alone, from the list to its submission; return the actions.

    An action is a key that is pressed, or a field that is written.
    """
    keys = page.keyboard
    actions = 0

    def press(*names: str) -> None:
        nonlocal actions
        for name in names:
            keys.press(name)
            actions += 1

    def write(text: str) -> None:
        nonlocal actions
        keys.insert_text(text)
        actions += 1

    def tab_to(selector: str) -> None:
        for _field in range(12):
            press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"{selector} is out of reach")

    press("n")
    expect(page.locator("#stem")).to_be_focused()
    page.wait_for_load_state()  # keys do their work once the script is there
    write(stem)
    tab_to(".opt-edit__text")
    for place, text in enumerate(TEXTS):
        write(text)
        if place < len(TEXTS) - 1:
            press("Enter")
    press("Control+1")
    tab_to("#explanation")
    write(EXPLANATION)
    tab_to('[name="clause"]')  # the source is that of the question before
    write("第二十八条")
    tab_to('[name="validity"]')
    press("ArrowUp")  # from a day to long-term
    press("Control+Enter")
    return actions


def test_a_question_by_keyboard_alone_in_under_a_minute(desk: Page):
    began = monotonic()
    actions = type_question(desk, STEM)
    expect(desk.locator(".banner--ok")).to_be_visible()
    took = monotonic() - began
    assert re.search(r"/items/[\w-]{16}$", desk.url)
    expect(desk.locator(".wording__stem")).to_have_text(STEM)
    expect(desk.locator(".opt--key")).to_contain_text(TEXTS[0])
    expect(desk.locator(".work")).to_contain_text("初审中")
    print(f"one question: {actions} actions, {took:.1f} s without the time to think")
    assert actions < 45


def test_options_are_marked_moved_added_and_dropped_by_keys(desk: Page):
    desk.goto("/items/new")
    rows = desk.locator("[data-option]")
    expect(rows).to_have_count(4)
    texts = desk.locator(".opt-edit__text")
    texts.first.focus()
    for text in ("一", "二", "三", "四", "五"):
        desk.keyboard.insert_text(text)
        desk.keyboard.press("Enter")
    expect(rows).to_have_count(6)
    desk.keyboard.press("Control+2")
    expect(desk.locator(".opt-edit--key .mk")).to_have_text("B")
    texts.nth(1).focus()
    desk.keyboard.press("Alt+ArrowUp")
    expect(desk.locator(".opt-edit--key .mk")).to_have_text("A")
    expect(texts.first).to_have_value("二")
    expect(texts.first).to_be_focused()
    desk.locator("[data-drop-option]").first.click()
    expect(rows).to_have_count(5)
    expect(texts.first).to_have_value("一")


def test_the_phone_follows_and_the_draft_is_saved_as_it_is_typed(desk: Page):
    desk.goto("/items/new")
    desk.locator("#stem").fill(STEM)
    for place, text in enumerate(TEXTS):
        desk.locator(".opt-edit__text").nth(place).fill(text)
    phone = desk.frame_locator("[data-screen]")
    expect(phone.locator(".question")).to_have_text(STEM)
    expect(phone.locator(".option__text").nth(1)).to_have_text(TEXTS[1])
    expect(desk.locator("[data-saved]")).to_contain_text("已保存")
    expect(desk).to_have_url(re.compile(r"/items/[\w-]{16}/edit$"))
    desk.reload()
    expect(desk.locator("#stem")).to_have_value(STEM)
    desk.locator("[data-type]").click()
    assert "large" in (phone.locator("html").get_attribute("class") or "")
    expect(desk.locator("[data-checks]")).to_contain_text("没有标明正确答案")
    desk.locator('[name="right"]').first.check()
    expect(desk.locator("[data-checks]")).not_to_contain_text("没有标明正确答案")


def test_two_windows_choose_and_lose_nothing(desk: Page, own_demo: DemoServer, visit, watch):
    watch.allow("409")
    desk.goto("/items?view=drafts")
    desk.locator(".rows__stem").first.click()
    desk.wait_for_url(re.compile(r"/items/[\w-]{16}$"))
    desk.wait_for_load_state("load")  # before that a key is nobody's
    desk.keyboard.press("e")
    expect(desk.locator("#stem")).to_be_visible()
    other = visit(AUTHOR, size=DESK, server=own_demo)
    other.goto(desk.url)
    other.locator("#stem").fill("另一个窗口里改过的题干怎么写？")
    expect(other.locator("[data-saved]")).to_contain_text("已保存")
    other.wait_for_timeout(2500)
    desk.locator("#stem").fill("这个窗口里改过的题干怎么写？")
    desk.get_by_role("button", name="保存", exact=True).first.click()
    expect(desk.locator(".page-head__title")).to_contain_text("两人同时修改")
    assert violations(desk) == []
    desk.get_by_role("button", name="我的另存为新题").click()
    expect(desk.locator("#stem")).to_have_value("这个窗口里改过的题干怎么写？")
    other.reload()
    expect(other.locator("#stem")).to_have_value("另一个窗口里改过的题干怎么写？")


def test_rows_by_keys_many_at_once_and_back(desk: Page):
    for key in ("j", "x", "j", "j", "x"):
        desk.keyboard.press(key)
    expect(desk.locator(".is-picked")).to_have_count(2)
    expect(desk.locator("[data-chosen]")).to_contain_text("2")
    desk.get_by_role("link", name="下一页").click()
    desk.wait_for_url(re.compile("before="))
    desk.wait_for_load_state("load")
    expect(desk.locator("[data-chosen]")).to_contain_text("2")
    for key in ("j", "x"):
        desk.keyboard.press(key)
    expect(desk.locator("[data-chosen]")).to_contain_text("3")
    desk.locator(".bulkbar summary", has_text="改知识点").click()
    expect(desk.locator("#bulk-topic")).to_be_focused()
    desk.keyboard.insert_text("试验主题 › 试验点")
    desk.keyboard.press("Enter")
    expect(desk.locator(".banner--ok")).to_contain_text("3 题")
    assert violations(desk) == []
    desk.get_by_role("button", name="撤销").click()
    expect(desk.locator(".banner--ok")).to_contain_text("已撤销，涉及 3 题")
    desk.goto("/items")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("Escape")
    expect(desk.locator(".is-picked")).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"/items/[^/?]+$"))
    assert re.search(r"/items/[\w-]{16}$", desk.url)


def test_the_desk_works_without_a_script(own_demo: DemoServer, visit):
    page = visit(AUTHOR, size=DESK, server=own_demo, java_script_enabled=False)
    page.goto("/items/new?kind=multiple")
    page.locator("#stem").fill(STEM)
    for place, text in enumerate(TEXTS):
        page.locator(".opt-edit__text").nth(place).fill(text)
    page.locator('[name="right"]').nth(0).check()
    page.locator('[name="right"]').nth(1).check()
    page.get_by_role("button", name="保存", exact=True).first.click()
    expect(page.locator(".banner--ok")).to_be_visible()
    expect(page.locator(".opt-edit--key")).to_have_count(2)
    page.goto("/items?view=drafts")
    page.locator('[name="item"]').first.check()
    page.get_by_role("button", name="删除").click()
    expect(page.locator(".banner--ok")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".banner--ok")).to_contain_text("已撤销")


PAGES = ("/items", "/items?view=bin", "/items/topics", "/items/sources", "/items/sources/new")


@pytest.mark.parametrize("size", [DESK, {"width": 360, "height": 740}], ids=["1366", "360"])
def test_every_page_fits_and_is_clean(desk: Page, size):
    desk.set_viewport_size(size)
    desk.goto("/items?status=approved")
    name = desk.locator(".rows__stem").first.get_attribute("href")
    kinds = ("single", "multiple", "true_false", "cloze", "numeric", "ordering", "matching")
    addresses = [*PAGES, f"{name}", f"{name}/edit", f"{name}/versions/1"]
    addresses += [f"/items/new?kind={kind}" for kind in (*kinds, "case", "essay", "hotspot")]
    for address in addresses:
        desk.goto(address)
        assert violations(desk) == [], address
        width = desk.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], address
