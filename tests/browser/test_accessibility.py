"""Every screen, for every eye and every hand: axe, sizes, widths, the keyboard, calm and contrast."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK as DESK_SIZE
from tests.browser.conftest import PHONE as PHONE_SIZE
from tests.browser.journey import place_of
from tests.browser.screens import ALL, DESK, PHONE, Screen, Stage, build_stage
from tests.browser.server import DemoServer

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
SIZES = {"phone": PHONE_SIZE, "desk": DESK_SIZE, "tv": {"width": 1920, "height": 1080}}
LEAST_TEXT_PX, LEAST_TARGET_PX = 14, 44
NARROW_WIDTHS = (320, 360, 414)
ENLARGE = "document.documentElement.classList.add('large')"

# Text is measured where it stands; what is hidden from sight or drawn as a figure is not text.
SMALL_TEXT = """(least) => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const parent = walker.currentNode.parentElement;
    if (!text || parent.closest("script, noscript, .vh") || !parent.getClientRects().length) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least - 0.01) found.add(size + " px: " + text);
  }
  return Array.from(found);
}"""
# A radio or checkbox is tapped by its label; a link inside a sentence is exempt, as in WCAG.
SMALL_TARGETS = """(least) => {
  const found = [];
  for (const one of document.querySelectorAll("a[href], button, summary, select, input, textarea")) {
    const target = (one.matches("[type=radio], [type=checkbox]") && one.closest("label")) || one;
    const box = target.getBoundingClientRect();
    const style = getComputedStyle(target);
    if (!box.width || style.visibility === "hidden" || one.type === "hidden") continue;
    if (style.display === "inline" && target.parentElement.matches("p, span, li, td")) continue;
    if (box.width < least - 0.5 || box.height < least - 0.5) {
      found.push(box.width.toFixed(0) + "x" + box.height.toFixed(0) + " " + target.outerHTML.slice(0, 90));
    }
  }
  return found;
}"""
OVERFLOW = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return [];
  const found = [page.scrollWidth + " > " + innerWidth];
  for (const one of document.querySelectorAll("body *")) {
    if (one.getBoundingClientRect().right > innerWidth + 0.5) found.push(one.className || one.tagName);
  }
  return found;
}"""
FOCUS_SHOWS = """() => {
  const focused = document.activeElement;
  const drawn = focused.matches(".option input") ? focused.nextElementSibling : focused;
  const style = getComputedStyle(drawn);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture(scope="module")
def stage(browser: Browser, demo: DemoServer) -> Stage:
    return build_stage(browser, demo)


@pytest.fixture
def show(browser: Browser, stage: Stage) -> Iterator[Any]:
    """Open a screen as its own kind of device does; closed after the test."""
    opened: list[Page] = []

    def open_screen(screen: Screen, **options: Any) -> Page:
        page = stage.open(browser, screen, **{"viewport": SIZES[screen.surface], **options})
        opened.append(page)
        return page

    yield open_screen
    for page in opened:
        page.context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds, a line for each node."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)  # into the page by the debugger: its own policy forbids foreign scripts
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def named(screens: tuple[Screen, ...]) -> Any:
    return pytest.mark.parametrize("screen", screens, ids=lambda screen: screen.name)


@named(ALL)
def test_axe_finds_nothing(show, screen):
    page = show(screen)
    assert violations(page) == []
    if screen.surface == "phone":
        page.emulate_media(color_scheme="dark")
        assert violations(page) == [], "dark"
        page.emulate_media(color_scheme="light")
    if screen.surface != "tv":
        page.evaluate(ENLARGE)
        assert violations(page) == [], "large print"


@named((*PHONE, *DESK))
def test_axe_finds_nothing_in_english(show, screen):
    page = show(screen, locale="en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert violations(page) == []


@named((*PHONE, *DESK))
def test_text_can_be_read_and_a_phone_can_be_tapped(show, screen):
    page = show(screen)
    assert page.evaluate(SMALL_TEXT, LEAST_TEXT_PX) == []
    if screen.surface == "phone":
        assert page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX) == []


@named(PHONE)
def test_a_narrow_phone_needs_no_sideways_scrolling(show, screen):
    for locale in ("zh", "en"):
        page = show(screen, locale=locale)
        for is_large in (False, True):
            if is_large:
                page.evaluate(ENLARGE)
            for width in NARROW_WIDTHS:
                page.set_viewport_size({"width": width, "height": 740})
                assert page.evaluate(OVERFLOW) == [], (locale, width, is_large)


@named(PHONE)
def test_text_at_twice_its_size_stays_on_the_screen(show, screen):
    page = show(screen)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == []


@named(DESK)
def test_a_desk_page_at_twice_its_size_needs_no_sideways_scrolling(show, screen):
    page = show(screen, viewport={"width": 683, "height": 384}, device_scale_factor=2)
    assert page.evaluate(OVERFLOW) == []


def focus_by_tab(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; every stop on the way shows that it has it."""
    for _step in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SHOWS), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
    pytest.fail(f"Tab never reaches {selector}")


def test_a_set_can_be_taken_with_the_keyboard_alone(visit, demo):
    page = visit(demo.somebody())
    page.goto("/")
    focus_by_tab(page, ".hero button")
    page.keyboard.press("Enter")
    for position in range(1, 6):
        page.locator("#quiz").wait_for()
        assert place_of(page)[1] == position
        focus_by_tab(page, 'input[name="option"]')
        if page.locator('input[type="radio"]').count():
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("Space")
        assert page.evaluate(FOCUS_SHOWS)
        expect(page.locator('input[name="option"]:checked')).to_have_count(1)
        if position % 2:
            page.keyboard.press("Enter")
        else:
            focus_by_tab(page, "#submit")
            page.keyboard.press("Space")
        expect(page.locator("#word")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator(".dial--lg")).to_be_visible()


def test_a_letter_chooses_its_option(show, stage):
    page = show(next(screen for screen in PHONE if screen.name == "question-single"))
    page.keyboard.press("b")
    expect(page.locator('input[name="option"]').nth(1)).to_be_checked()


def test_who_asks_for_calm_sees_nothing_move(visit, demo):
    page = visit(demo.somebody(), reduced_motion="reduce")
    page.goto("/")
    page.get_by_role("button", name="开始").click()
    page.locator(".option").first.click()
    page.locator("#submit").click()
    page.locator("#verdict").wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_forced_colours_still_show_what_is_chosen_and_what_was_right(show):
    question = show(
        next(screen for screen in PHONE if screen.name == "question-single"),
        forced_colors="active",
    )
    question.locator(".option").first.click()
    outline = "(box) => getComputedStyle(box).outlineWidth"
    boxes = question.locator(".option__box")
    assert boxes.nth(0).evaluate(outline) == "3px"
    assert boxes.nth(1).evaluate(outline) != "3px"
    verdict = show(
        next(screen for screen in PHONE if screen.name == "verdict-wrong"), forced_colors="active"
    )
    for text in ("差一点", "正确答案"):
        expect(verdict.get_by_text(text).first).to_be_visible()


def test_large_print_is_a_switch_that_stays(visit, demo):
    page = visit(demo.somebody())
    page.goto("/me")
    page.get_by_role("switch", name="大字版").click()
    expect(page.locator("html.large")).to_have_count(1)
    expect(page.get_by_role("switch", name="大字版")).to_have_attribute("aria-checked", "true")
    page.goto("/")
    expect(page.locator("html.large")).to_have_count(1)
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 17 * 1.25


def test_the_language_is_chosen_in_its_own_name_and_stays(visit, demo):
    page = visit(demo.somebody())
    page.goto("/me")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Points ledger")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.goto("/me")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="积分明细")).to_be_visible()
