"""Every screen, for every eye and hand: axe, sizes, widths, the keyboard, calm and contrast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK as DESK_SIZE
from tests.browser.conftest import PHONE as PHONE_SIZE
from tests.browser.journey import choose, place_of
from tests.browser.screens import DESK, PHONE, TV, Screen, Stage, build_stage
from tests.browser.server import DemoServer

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
SIZES = {"phone": PHONE_SIZE, "desk": DESK_SIZE, "tv": {"width": 1920, "height": 1080}}
LEAST_TEXT_PX, LEAST_TARGET_PX = 14, 44
NARROW_WIDTHS = (320, 360, 414)
LARGE_PRINT = "document.documentElement.classList.add('large')"
ORDINARY_PRINT = """document.documentElement.classList.remove("large");
document.documentElement.style.fontSize = "";"""

# Text is measured where it stands; what is hidden from sight or drawn as a figure is not text.
SMALL_TEXT = """(least) => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const parent = walker.currentNode.parentElement;
    if (!text || parent.closest("script, noscript, .vh")) continue;
    if (!parent.getClientRects().length) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least - 0.01) found.add(size + " px: " + text);
  }
  return Array.from(found);
}"""
# A radio or checkbox is tapped by its label; a link inside a sentence is exempt, as in WCAG.
SMALL_TARGETS = """(least) => {
  const found = [];
  const targets = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const one of document.querySelectorAll(targets)) {
    const target = (one.matches("[type=radio], [type=checkbox]") && one.closest("label")) || one;
    const box = target.getBoundingClientRect();
    const style = getComputedStyle(target);
    if (!box.width || style.visibility === "hidden") continue;
    if (style.display === "inline" && target.parentElement.matches("p, span, li, td")) continue;
    if (box.width < least - 0.5 || box.height < least - 0.5) {
      const size = box.width.toFixed(0) + "x" + box.height.toFixed(0);
      found.push(size + " " + target.outerHTML.slice(0, 90));
    }
  }
  return found;
}"""
OVERFLOW = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return [];
  const found = [page.scrollWidth + " > " + innerWidth];
  for (const one of document.querySelectorAll("body *")) {
    const isOutside = one.getBoundingClientRect().right > innerWidth + 0.5;
    if (isOutside) found.push(one.className || one.tagName);
  }
  return found;
}"""
# A comma or a full stop belongs to the line before: Chinese never begins a line with one.
TORN_LINES = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const place = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent;
    for (let at = 1; at < text.length; at += 1) {
      if ("，。、；：？！）》”".indexOf(text[at]) === -1 || /\\s/.test(text[at - 1])) continue;
      const [before, mark] = [place(walker.currentNode, at - 1), place(walker.currentNode, at)];
      const style = getComputedStyle(walker.currentNode.parentElement);
      const isTorn = mark.width && mark.top >= before.bottom - 2;
      if (isTorn && style.writingMode === "horizontal-tb") found.push(text.trim());
    }
  }
  return found;
}"""
FOCUS_SHOWS = """() => {
  const focused = document.activeElement;
  const drawn = focused.matches(".option input") ? focused.nextElementSibling : focused;
  const style = getComputedStyle(drawn);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


# The structure stays the same in the dark and in large print: only these rules see a difference.
ABOUT_COLOUR = ["color-contrast", "link-in-text-block"]
ABOUT_SIZE = ["color-contrast", "target-size", "scrollable-region-focusable"]


@pytest.fixture(scope="module")
def stage(browser: Browser, demo: DemoServer) -> Stage:
    return build_stage(browser, demo)


def opened(*screens: Screen, locale: str = "zh", **options: Any) -> Any:
    """Make a fixture that opens each screen once, for all the tests that look at it."""

    @pytest.fixture(scope="module", params=screens, ids=lambda screen: screen.name)
    def screen(request: pytest.FixtureRequest, browser: Browser, stage: Stage) -> Iterator[Page]:
        size = SIZES[request.param.surface]
        page = stage.open(browser, request.param, locale=locale, **{"viewport": size, **options})
        yield page
        page.context.close()

    return screen


phone_page = opened(*PHONE)
english_phone_page = opened(*PHONE, locale="en")
desk_page = opened(*DESK)
english_desk_page = opened(*DESK, locale="en")
zoomed_desk_page = opened(*DESK, viewport={"width": 683, "height": 384}, device_scale_factor=2)
tv_page = opened(*TV)


@pytest.fixture(autouse=True)
def unchanged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the next test that looks at an open phone page the page as it was."""
    yield
    for name in ("phone_page", "english_phone_page"):
        if name in request.fixturenames:
            page = request.getfixturevalue(name)
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(PHONE_SIZE)
            page.evaluate(ORDINARY_PRINT)


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds, a line for each node; with ``rules`` by these alone."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)  # into the page by the debugger: its own policy forbids foreign scripts
    found = page.evaluate(
        """(rules) => {
          const options = { resultTypes: ["violations"] };
          if (rules) options.runOnly = { type: "rule", values: rules };
          return axe.run(document, options);
        }""",
        rules,
    )
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def on_narrow_phones(page: Page, probe: str) -> dict[str, list[str]]:
    """Return what a probe finds on a phone page, by width; in ordinary and in large print."""
    found = {}
    for size, print_size in (("ordinary", ORDINARY_PRINT), ("large", LARGE_PRINT)):
        page.evaluate(print_size)
        for width in NARROW_WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            found[f"{width} px, {size}"] = page.evaluate(probe)
    return {case: culprits for case, culprits in found.items() if culprits}


def test_axe_finds_nothing_on_a_phone(phone_page):
    assert violations(phone_page) == []
    phone_page.emulate_media(color_scheme="dark")
    assert violations(phone_page, ABOUT_COLOUR) == [], "dark"
    phone_page.emulate_media(color_scheme="light")
    phone_page.evaluate(LARGE_PRINT)
    assert violations(phone_page, ABOUT_SIZE) == [], "large print"


def test_text_can_be_read_and_a_phone_can_be_tapped(phone_page):
    assert phone_page.evaluate(SMALL_TEXT, LEAST_TEXT_PX) == []
    assert phone_page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX) == []


def test_a_narrow_phone_needs_no_sideways_scrolling(phone_page):
    assert on_narrow_phones(phone_page, OVERFLOW) == {}


def test_no_line_begins_with_a_comma(phone_page):
    assert on_narrow_phones(phone_page, TORN_LINES) == {}


def test_text_at_twice_its_size_stays_on_the_screen(phone_page):
    phone_page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert phone_page.evaluate(OVERFLOW) == []


def test_axe_finds_nothing_on_an_english_phone(english_phone_page):
    expect(english_phone_page.locator("html")).to_have_attribute("lang", "en")
    assert violations(english_phone_page) == []


def test_english_needs_no_sideways_scrolling(english_phone_page):
    assert on_narrow_phones(english_phone_page, OVERFLOW) == {}


def test_axe_finds_nothing_at_a_desk(desk_page):
    assert violations(desk_page) == []


def test_text_at_a_desk_can_be_read(desk_page):
    assert desk_page.evaluate(SMALL_TEXT, LEAST_TEXT_PX) == []


def test_axe_finds_nothing_at_an_english_desk(english_desk_page):
    assert violations(english_desk_page) == []


def test_a_desk_at_twice_its_size_needs_no_sideways_scrolling(zoomed_desk_page):
    assert zoomed_desk_page.evaluate(OVERFLOW) == []


def test_axe_finds_nothing_on_a_television(tv_page):
    assert violations(tv_page) == []


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
        focus_by_tab(page, '#options [name^="option"], #options button')
        kind = page.evaluate("document.activeElement.type")
        # An order is an answer as it stands: its buttons are tried in the tests of the kinds.
        keys = {"radio": "ArrowDown", "checkbox": "Space", "text": "3", "select-one": "ArrowDown"}
        if kind in keys:
            page.keyboard.press(keys[kind])
        assert page.evaluate(FOCUS_SHOWS)
        if kind in ("radio", "checkbox"):
            expect(page.locator("#options input:checked")).to_have_count(1)
        if position % 2 and kind in ("radio", "checkbox"):
            page.keyboard.press("Enter")
        else:
            focus_by_tab(page, "#submit")
            page.keyboard.press("Space")
        expect(page.locator("#word")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator(".dial--lg")).to_be_visible()


def named(name: str) -> Screen:
    return next(screen for screen in PHONE if screen.name == name)


def test_a_letter_chooses_its_option(browser, stage):
    page = stage.open(browser, named("question-single"))
    page.keyboard.press("b")
    expect(page.locator('input[name="option"]').nth(1)).to_be_checked()
    page.context.close()


def test_who_asks_for_calm_sees_nothing_move(visit, demo):
    page = visit(demo.somebody(), reduced_motion="reduce")
    page.goto("/")
    page.get_by_role("button", name="开始").click()
    choose(page, demo)
    page.locator("#submit").click()
    page.locator("#verdict").wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_forced_colours_still_show_what_is_chosen_and_what_was_right(browser, stage):
    question = stage.open(browser, named("question-single"), forced_colors="active")
    question.locator(".option").first.click()
    drawn = "(box) => getComputedStyle(box).outlineStyle"
    boxes = question.locator(".option__box")
    assert boxes.nth(0).evaluate(drawn) == "solid"
    assert boxes.nth(1).evaluate(drawn) == "none"
    verdict = stage.open(browser, named("verdict-wrong"), forced_colors="active")
    for text in ("差一点", "正确答案", re.compile("您[选填排配]的")):  # each kind has its verb
        expect(verdict.get_by_text(text).first).to_be_visible()
    for page in (question, verdict):
        page.context.close()


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
    page.get_by_role("button", name="EN").click()
    expect(page.get_by_role("heading", name="Points ledger")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.goto("/me")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="积分明细")).to_be_visible()
