"""Every kind beside choices on a narrow phone: by keyboard, by finger, and without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.device import travel_light
from tests.browser.journey import choose, submit
from tests.browser.kinds import seat_kinds
from tests.browser.server import DemoServer

NARROW = {"width": 360, "height": 740}
KINDS = ("cloze", "numeric", "ordering", "matching", "case", "hotspot")


@pytest.fixture
def open_kind(visit, demo):
    """Open a question of a kind; the page, the server and the attempt come back."""

    def opened(kind: str, also: tuple[str, ...] = (), **options) -> tuple[Page, DemoServer, str]:
        number = demo.somebody()
        attempt_id = seat_kinds(demo, number, [kind, *also])
        page = visit(number, size=NARROW, **options)
        page.goto(f"/quizzes/{attempt_id}/1")
        return page, demo, attempt_id

    return opened


def is_wide(page: Page) -> bool:
    """Tell whether a page has to be moved sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("kind", KINDS)
def test_a_finger_answers_and_the_verdict_appears_in_its_place(open_kind, kind):
    page, demo, attempt_id = open_kind(kind)
    assert not is_wide(page)
    chosen = choose(page, demo)
    submit(page)
    expect(page.locator("#word")).to_have_text("答对了")
    assert not is_wide(page)
    assert demo.responses(attempt_id) == [(1, chosen, True)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_form_takes_the_same_answer(open_kind, kind):
    page, demo, attempt_id = open_kind(kind, java_script_enabled=False)
    chosen = choose(page, demo)
    submit(page)
    expect(page.locator("#word")).to_have_text("答对了")
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until a field has the focus."""
    for _step in range(60):
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {selector}")


def test_a_sentence_is_filled_in_from_blank_to_blank(open_kind):
    page, demo, attempt_id = open_kind("cloze")
    tab_to(page, "input.blank")
    for text in ("操作资格证书", "三"):
        page.keyboard.insert_text(text)
        page.keyboard.press("Enter")  # leads to the next blank that is empty
    expect(page.locator("select.blank")).to_be_focused()
    page.keyboard.press("ArrowDown")
    tab_to(page, "#submit")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_be_focused()
    [(_position, given, _is_right)] = demo.responses(attempt_id)
    assert given[:2] == ["操作资格证书", "三"]


def test_a_number_is_typed_and_sent_with_enter(open_kind):
    page, demo, attempt_id = open_kind("numeric")
    tab_to(page, "#options input")
    page.keyboard.type("8 kN")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_have_text("答对了")
    assert demo.responses(attempt_id) == [(1, ["8 kN"], True)]


def test_what_is_no_number_is_asked_again_and_stays_in_its_field(open_kind, watch):
    watch.allow("status of 422")
    page, demo, attempt_id = open_kind("numeric")
    page.locator("#options input").fill("八吨")
    page.locator("#submit").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写一个数")
    expect(page.locator("#options input")).to_have_value("八吨")
    assert demo.responses(attempt_id) == []


def test_entries_are_moved_with_the_keyboard_and_every_move_is_said(open_kind):
    page, demo, attempt_id = open_kind("ordering")
    order = demo.item_at(attempt_id, 1).order
    first = page.locator(".order__row").first
    text = first.locator(".order__text").inner_text()
    tab_to(page, '#options button[data-move="1"]')
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=text)).to_have_text(
        f"{text}：第 2 位，共 4 位"
    )
    expect(page.locator(".order__row").nth(1).locator('[data-move="1"]')).to_be_focused()
    tab_to(page, "#submit")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    [(_position, given, _is_right)] = demo.responses(attempt_id)
    assert {value.split("=")[0] for value in given} == set(order)


def test_pairs_are_chosen_with_the_keyboard(open_kind):
    page, demo, attempt_id = open_kind("matching")
    for at in range(3):
        tab_to(page, f".pair:nth-of-type({at + 1}) select")
        page.keyboard.press("ArrowDown")
    tab_to(page, "#submit")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    [(_position, given, _is_right)] = demo.responses(attempt_id)
    assert all(value.split("=")[1] for value in given)


def test_a_place_on_a_picture_is_tapped_or_chosen_by_its_number(open_kind):
    page, demo, attempt_id = open_kind("hotspot")
    boxes = page.locator('#options input[type="checkbox"]')
    page.locator(".spot__no").nth(0).click()
    expect(boxes.nth(0)).to_be_checked()
    expect(page.locator(".zone--on")).to_have_count(1)
    page.locator("body").press("2")
    expect(boxes.nth(1)).to_be_checked()
    page.locator("body").press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_have_text("答对了")
    assert len(demo.responses(attempt_id)) == 1


def test_a_part_of_a_case_does_not_undo_another(open_kind):
    page, _demo, _attempt_id = open_kind("case")
    page.locator(".option").first.click()
    page.locator(".option").nth(1).click()
    expect(page.locator("#options input:checked")).to_have_count(1)
    page.locator("#options input.blank").fill("10")
    expect(page.locator("#options input:checked")).to_have_count(1)


def test_an_essay_is_counted_while_it_is_written(open_kind):
    page, _demo, _attempt_id = open_kind("essay")
    page.locator("textarea").fill("通道上堆着托盘")
    expect(page.locator("[data-counted]")).to_have_text("7 / 4000")


def test_submitting_nothing_says_what_to_do(open_kind):
    page, demo, attempt_id = open_kind("matching")
    page.locator("#submit").click()
    expect(page.get_by_role("alert")).to_have_text("请作答后再提交。")
    assert demo.responses(attempt_id) == []


def test_an_answer_of_any_kind_waits_for_the_network(open_kind, watch):
    watch.allow("ERR_")
    page, demo, attempt_id = open_kind("case")
    travel_light(page)
    page.reload()
    chosen = choose(page, demo)
    page.context.set_offline(True)
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#word")).to_have_text("答对了")
    assert demo.responses(attempt_id) == [(1, chosen, True)]


def test_an_answer_that_is_refused_later_is_named_on_whatever_page_is_open(open_kind, watch):
    watch.allow("ERR_FAILED", "status of 422")
    page, demo, attempt_id = open_kind("numeric", also=("single",))
    travel_light(page)
    page.reload()
    page.locator("#options input").fill("八吨")
    page.route("**/api/v1/answers**", lambda route: route.abort())
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()
    page.unroute("**/api/v1/answers**")
    page.goto(f"/quizzes/{attempt_id}/2")
    expect(page.locator("#unsent a")).to_have_attribute("href", re.compile("/1$"))
    assert demo.responses(attempt_id) == []
