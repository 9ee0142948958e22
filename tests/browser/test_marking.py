"""Marking by the keyboard alone, and on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.journey import sign_in
from tests.browser.screens import ORGANISER
from tests.browser.server import DemoServer


def test_a_text_is_marked_taken_back_and_marked_again_by_keys(browser, demo: DemoServer):
    context = browser.new_context(base_url=demo.address, viewport=DESK, locale="zh-CN")
    sign_in(context, demo, ORGANISER)
    page = context.new_page()
    page.goto("/quizzes/marking")
    page.keyboard.press("m")
    page.locator("#marking").wait_for()
    first = page.url
    expect(page.locator("#total")).to_have_text("0 / 5 分")
    for key in ("2", "1", "1", "0"):  # two, one and a half, nothing
        page.keyboard.press(key)
    expect(page.locator("#total")).to_have_text("3.5 / 5 分")
    page.locator("#comment").fill("先后写清了，请补上理由。")
    page.locator(".mark__answer").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    expect(page.locator("#total")).to_have_text("0 / 5 分")
    page.locator(".mark__answer").focus()
    page.keyboard.press("u")
    page.wait_for_url(first)
    expect(page.locator("#total")).to_have_text("3.5 / 5 分")
    expect(page.locator("#comment")).to_have_value("先后写清了，请补上理由。")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#save").click()
    page.wait_for_url(lambda url: url != first)
    context.close()
