"""The life of a question: author, three reviewers, learner, report, correction, notice."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import axe_playwright_python
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.journey import read
from tests.browser.server import DemoServer

AUTHOR, FIRST, SECOND, FINAL = "100021", "100033", "100035", "100038"
STEM = "吊装区拉起了警戒带，抄近路要从下面穿过去，怎么办？"
OPTIONS = ("等吊物停稳后快步穿过", "绕行，不进入警戒区", "弯腰从边上过去", "请同事看着再过去")
EXPLANATION = (
    "警戒区里随时可能有重物坠落，停稳也不等于安全。进入警戒区的人往往来不及躲开，所以要绕行。"
)
NOTE = "正确答案应为“绕行，不进入警戒区”。"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def write(author: Page) -> None:
    """Write a question whose first option is marked as right, and hand it in."""
    author.goto("/items/new?kind=single")
    author.locator('[name="stem"]').fill(STEM)
    for place, text in enumerate(OPTIONS):
        author.locator('[name="option"]').nth(place).fill(text)
    author.locator('[name="right"]').first.check()
    author.locator('[name="explanation"]').fill(EXPLANATION)
    author.locator('[name="source"]').fill("安全生产法")
    author.locator('[name="clause"]').fill("第五十七条")
    author.locator('[name="topic"]').fill("安全生产 › 吊装")
    author.locator('[name="validity"][value="until"]').check()
    author.locator('[name="valid_until"]').fill("2028-06-30")
    author.locator("[data-submit]").click()
    expect(author.locator(".banner--ok")).to_be_visible()


def pass_on(page: Page) -> None:
    """Tick every point by the space bar and pass the case by its key."""
    page.goto("/review")
    page.locator(".queue__link", has_text="吊装").click()
    expect(page.locator(".diff__text", has_text=OPTIONS[1]).first).to_be_visible()
    button = page.locator("#pass")
    expect(button).to_be_disabled()
    assert violations(page) == []
    page.locator(".reviewed").focus()
    for _box in range(page.locator('input[name="point"]').count()):
        page.keyboard.press("Space")
    expect(button).to_be_enabled()
    page.keyboard.press("a")
    expect(page.locator(".banner--ok")).to_be_visible()


def answer_wrongly_by_the_key(learner: Page) -> None:
    """Answer what is right in truth and wrong by the key, and read that it was not."""
    learner.goto("/")
    learner.get_by_role("button", name="开始").click()
    shown_at = monotonic()
    expect(learner.locator("#stem")).to_have_text(STEM)
    learner.locator(".option", has_text=OPTIONS[1]).click()
    read(learner, shown_at)
    learner.locator("#submit").click()
    expect(learner.locator("#verdict")).to_contain_text("差一点")


def report(learner: Page) -> None:
    """Say below the verdict that the answer is wrong."""
    learner.locator(".report-link").click()
    assert violations(learner) == []
    learner.locator(".option", has_text="答案有误").click()
    learner.locator("#text").fill("应该绕行")
    learner.get_by_role("button", name="提交报错").click()
    expect(learner.get_by_text("谢谢")).to_be_visible()
    assert violations(learner) == []


def correct(author: Page) -> None:
    """Accept the report, mark the other option and hand the correction in with a public note."""
    author.goto("/items/reports")
    assert violations(author) == []
    author.get_by_role("link", name=STEM).click()
    expect(author.get_by_text("应该绕行")).to_be_visible()
    assert violations(author) == []
    author.locator("#answer").fill("您说得对，马上更正。")
    author.get_by_role("button", name="采纳并更正").click()
    author.get_by_role("link", name="打开草稿").click()
    author.locator('[name="right"]').nth(1).check()
    author.locator("details", has=author.locator('[name="correction"]')).locator("summary").click()
    author.locator('[name="correction"]').fill(NOTE)
    author.locator("[data-submit]").click()
    expect(author.locator(".banner--ok")).to_be_visible()


def test_the_life_of_a_question(own_demo: DemoServer, visit):
    author = visit(AUTHOR, size=DESK, server=own_demo)
    reviewers = [visit(number, size=DESK, server=own_demo) for number in (FIRST, SECOND, FINAL)]
    write(author)
    for reviewer in reviewers:
        pass_on(reviewer)
    own_demo.rows("UPDATE items_item SET is_suspended = 1 WHERE title != ?", STEM)
    number = own_demo.somebody()
    learner = visit(number, server=own_demo)
    answer_wrongly_by_the_key(learner)
    report(learner)
    learner.goto("/")
    expect(learner.locator(".regrades")).to_have_count(0)

    correct(author)
    for reviewer in reviewers:
        pass_on(reviewer)
    expect(
        reviewers[-1].get_by_text("没有待审内容").or_(reviewers[-1].locator("#review"))
    ).to_be_visible()

    learner.goto("/")
    for _try in range(20):  # answers are graded again in the background
        if learner.locator(".regrades").count():
            break
        learner.wait_for_timeout(500)
        learner.reload()
    notice = learner.locator(".regrades")
    expect(notice).to_contain_text("+1")
    expect(notice).to_contain_text(NOTE)
    assert violations(learner) == []
    notice.get_by_role("button").click()
    expect(learner.get_by_text(NOTE)).to_be_visible()
    assert violations(learner) == []
    learner.goto("/")
    expect(learner.locator(".regrades")).to_have_count(0)
    learner.goto("/items/my-reports")
    expect(learner.get_by_text("您说得对，马上更正。")).to_be_visible()
    learner.goto("/me/points")
    expect(learner.locator(".row__title", has_text="您的报错被采纳")).to_be_visible()


def test_the_desk_works_without_a_script(own_demo: DemoServer, visit, watch):
    watch.allow("422")  # passing with nothing ticked
    page = visit(FIRST, size=DESK, server=own_demo, java_script_enabled=False)
    page.goto("/review")
    title = page.locator(".page-head__title").inner_text()
    page.get_by_role("button", name="通过").click()
    expect(page.locator(".banner--error")).to_be_visible()  # nothing is ticked yet
    for box in page.locator('input[name="point"]').all():
        box.check()
    page.get_by_role("button", name="通过").click()
    expect(page.locator(".banner--ok")).to_be_visible()
    assert page.locator(".page-head__title").inner_text() != title
